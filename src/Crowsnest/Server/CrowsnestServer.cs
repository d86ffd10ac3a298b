using System.Net;
using System.Net.Sockets;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Pipeline;
using Crowsnest.Server.Alertmanager;
using Crowsnest.Server.Capacity;
using Crowsnest.Server.Lists;
using Crowsnest.Server.Silences;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace Crowsnest.Server;

/// <summary>The HTTP server: made from options and parts, started, and stopped within a budget.</summary>
/// <remarks>It owns neither the store nor the pipeline: whoever made them closes them after it has stopped.</remarks>
internal sealed class CrowsnestServer : IAsyncDisposable
{
    // A request that is no stream of events: a token's name, a query, some events to explain.
    private const long BodyBytesMax = 4L << 20;

    // As many as follow the changes, and those who ask besides.
    private const int ConnectionsMax = ClusterChanges.FollowersMax + 1_000;

    private readonly WebApplication _app;
    private readonly ServerOptions _options;
    private readonly TokenGate _tokens;

    private CrowsnestServer(WebApplication app, ServerOptions options, TokenGate tokens)
    {
        _app = app;
        _options = options;
        _tokens = tokens;
    }

    /// <summary>Where it listens, once started.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1");

    /// <summary>The API tokens.</summary>
    public TokenGate Tokens => _tokens;

    /// <summary>What it answers to: every mapped operation.</summary>
    public IEnumerable<Endpoint> Endpoints => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(s => s.Endpoints);

    /// <summary>One line for a person: who is let in.</summary>
    public string AuthenticationInWords => _tokens.IsClosed
        ? "every request but health needs a token"
        : "no token was made: every caller on this machine is admin ('crowsnest token create' closes this)";

    /// <summary>A server that is ready to start.</summary>
    /// <exception cref="ServerRefusedException">It would be open to others without authentication.</exception>
    public static async Task<CrowsnestServer> CreateAsync(ServerOptions options, ServerParts parts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(parts);
        var tokens = new TokenGate(parts.Tokens, parts.Time);
        await tokens.LoadAsync(cancellationToken);
        if (!IPAddress.IsLoopback(options.Listen.Address) && !tokens.Tokens.Any(t => t.RevokedAt is null))
        {
            throw new ServerRefusedException(
                $"Listening on {options.Listen} would let anyone in who can reach it: no token exists. Make one first with 'crowsnest token create NAME --role admin', or listen on 127.0.0.1.");
        }

        // The empty builder and not the slim one: that reads appsettings.json from wherever it is started and addresses from the
        // environment, and could be made to listen where nobody asked for.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "crowsnest", ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().UseSockets(sockets => sockets.CreateBoundListenSocket = Bind).ConfigureKestrel(kestrel => Configure(kestrel, options));
        builder.Services.AddRoutingCore();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddSimpleConsole();
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);

        var app = builder.Build();
        var sessions = new Sessions(tokens, parts.Time);
        Use(app, new Guards(tokens, sessions, options));
        var metrics = new MetricsPage(parts, options.Version);
        app.MapHealth(parts);
        app.MapReload(parts);
        var turns = new QueryTurns();
        new IngestEndpoint(parts, options.StorePatience, app.Lifetime.ApplicationStopping).Map(app);
        new EventsEndpoints(parts, turns).Map(app);
        new StreamEndpoint(parts).Map(app);
        new ExportEndpoint(parts, turns).Map(app);
        new FieldsEndpoints(parts, turns).Map(app);
        new StatusEndpoint(parts, turns).Map(app);
        new ResourceEndpoints(parts, turns).Map(app);
        new TaskEndpoint(parts, turns).Map(app);
        new CapacityEndpoints(parts, turns).Map(app);
        new ChangesEndpoint(parts).Map(app);
        app.MapExplain(parts);
        app.MapTokens(tokens);
        app.MapSession(tokens, sessions, options);
        app.MapQuarantine(parts);
        app.MapIncidents(parts);
        app.MapSilences(parts);
        new AlertmanagerEndpoints(parts, options).Map(app);
        app.MapNotifications(parts);
        app.MapReceivers(parts);
        app.MapRules(parts, turns);
        app.MapPipeline(parts);
        app.MapResync(parts);
        new BackupEndpoint(parts).Map(app);
        app.MapMetrics(metrics);
        app.MapOpenApi(options);
        return new CrowsnestServer(app, options, tokens);
    }

    /// <summary>Opens the addresses; on return the server answers.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (IOException failure) when (failure.InnerException is AddressInUseException)
        {
            throw new ServerRefusedException($"{_options.Listen} is in use. Stop what listens there, or choose another address with --listen.", failure);
        }

        Address = new Uri(_app.Urls.First(url => url.StartsWith("http://", StringComparison.Ordinal) && !url.Contains("unix:", StringComparison.Ordinal)));
    }

    /// <summary>Stops accepting, lets running requests end within the budget, and closes.</summary>
    public async Task StopAsync(TimeSpan budget)
    {
        using var limit = new CancellationTokenSource(budget);
        await _app.StopAsync(limit.Token);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void Configure(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = 32 << 10;
        kestrel.Limits.MaxRequestLineSize = 16 << 10;
        kestrel.Limits.MaxConcurrentConnections = ConnectionsMax;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
        kestrel.Listen(options.Listen);
        if (options.SocketPath is not { } socket) return;

        // Whoever holds the folder's lock is the only one who may listen here: what is left is of a process that died.
        File.Delete(socket);
        kestrel.ListenUnixSocket(socket, listen => listen.Use(next => connection =>
        {
            connection.Features.Set(OwnerConnection.Mark);
            return next(connection);
        }));
    }

    // Between bind and listen nobody can connect, so the owner's socket is never open to others, not even for a moment.
    private static Socket Bind(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        if (endpoint is UnixDomainSocketEndPoint && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(endpoint.ToString()!, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return socket;
    }

    private static void Use(WebApplication app, Guards guards)
    {
        app.Use(next => http => Guards.AddHeadersAsync(http, next));
        app.Use(next => http => AnswerFailuresAsync(http, next));
        app.Use(next => http => guards.CheckHostAsync(http, next));
        var page = new WebPage();
        app.Use(next => http => page.ServeAsync(http, next));
        app.UseRouting();
        app.Use(next => http => AnswerWrongMethodAsync(http, next));
        app.Use(next => http => guards.CheckOriginAsync(http, next));
        app.Use(next => http => guards.AuthoriseAsync(http, next));
        app.Use(next => http => Guards.CheckQueryAsync(http, next));
        app.UseEndpoints(_ => { });
        app.Run(http => Problem.WriteAsync(http, StatusCodes.Status404NotFound, "Not found", "There is nothing at this address; /openapi/v1.json lists what there is."));
    }

    // Routing answers a method that an address does not have with a status and an Allow header, and no word.
    private static async Task AnswerWrongMethodAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);
        if (http.Response is not { StatusCode: StatusCodes.Status405MethodNotAllowed, HasStarted: false }) return;
        await Problem.WriteAsync(
            http, StatusCodes.Status405MethodNotAllowed, "Method not allowed", $"This address takes {http.Response.Headers.Allow}, and not {http.Request.Method}; /openapi/v1.json lists what there is.");
    }

    private static async Task AnswerFailuresAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (ProblemException problem)
        {
            await Problem.WriteAsync(http, problem);
        }
        catch (BadHttpRequestException bad)
        {
            await Problem.WriteAsync(http, bad.StatusCode, "Bad request", bad.Message);
        }
        catch (StoreException never) when (never.InnerException is NotSupportedException)
        {
            await Problem.WriteAsync(http, StatusCodes.Status501NotImplemented, "Not kept", $"{never.Message} {never.Hint}".TrimEnd());
        }
        catch (StoreException store)
        {
            await Problem.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, "Store unavailable", $"{store.Message} {store.Hint}".TrimEnd());
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The caller went away; there is nobody to answer.
        }
    }
}
