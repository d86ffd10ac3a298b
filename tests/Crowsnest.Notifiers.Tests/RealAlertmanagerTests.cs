using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Alertmanager;

namespace Crowsnest.Notifiers.Tests;

/// <summary>Alertmanager itself (Debian's <c>prometheus-alertmanager</c>, or <c>alertmanager</c> on PATH) takes what we post, shows it, and tells its own receivers when it is over.</summary>
public sealed partial class RealAlertmanagerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Alertmanager_shows_what_fires_and_tells_when_it_is_over()
    {
        var told = Channel.CreateUnbounded<JsonElement>();
        await using var receiver = await Target.StartAsync(http =>
        {
            using var body = JsonDocument.Parse((byte[])http.Items["body"]!);
            told.Writer.TryWrite(body.RootElement.Clone());
            return Task.CompletedTask;
        });
        await using var manager = await Manager.StartAsync(receiver.Url);
        using var notifier = new AlertmanagerNotifier(new AlertmanagerOptions { Url = manager.Url, ExternalUrl = new Uri("https://crowsnest.example.com") }, TimeProvider.System);

        // By its clock, which is this machine's.
        var now = TimeProvider.System.GetUtcNow();
        var firing = SomeMessage.Placed() with { FirstAt = now.AddMinutes(-2), LastAt = now.AddMinutes(-1) };
        Assert.Equal(Delivery.Sent, await notifier.SendAsync(SomeMessage.Of(firing) with { At = now }, Cancel));

        using var http = new HttpClient();
        using var shown = JsonDocument.Parse(await http.GetStringAsync(new Uri(manager.Url, "/api/v2/alerts"), Cancel));
        var alert = Assert.Single(shown.RootElement.EnumerateArray());
        Assert.Equal(
            ("task-failed", "api", "Out of memory: the container 'web' was killed."),
            (alert.GetProperty("labels").GetProperty("alertname").GetString(), alert.GetProperty("labels").GetProperty("service").GetString(), alert.GetProperty("annotations").GetProperty("summary").GetString()));
        Assert.InRange(alert.GetProperty("endsAt").GetDateTimeOffset(), now.AddHours(4), now.AddHours(6));
        Assert.Equal(("firing", 1), StatusOf(await told.Reader.ReadAsync(Cancel)));

        var over = firing with { ResolvedAt = now.AddSeconds(-1), Resolution = "The service reached a steady state." };
        Assert.Equal(Delivery.Sent, await notifier.SendAsync(SomeMessage.Of(over) with { At = now }, Cancel));
        Assert.Equal("[]", (await http.GetStringAsync(new Uri(manager.Url, "/api/v2/alerts"), Cancel)).Trim());
        Assert.Equal(("resolved", 1), StatusOf(await told.Reader.ReadAsync(Cancel)));
    }

    private static (string?, int) StatusOf(JsonElement body) => (body.GetProperty("status").GetString(), body.GetProperty("alerts").GetArrayLength());

    /// <summary>A process of it, with a folder of its own.</summary>
    private sealed partial class Manager(Process process, string folder, Uri url, Task<string> rest) : IAsyncDisposable
    {
        public Uri Url => url;

        public static async Task<Manager> StartAsync(Uri receiver)
        {
            var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                .SelectMany(place => ((string[])["prometheus-alertmanager", "alertmanager"]).Select(name => Path.Combine(place, name))).FirstOrDefault(File.Exists);
            if (program is null) Assert.Skip("skipped: no Alertmanager ('apt-get install prometheus-alertmanager' installs it)");
            var folder = Directory.CreateTempSubdirectory("crowsnest-alertmanager-").FullName;
            var config = Path.Combine(folder, "alertmanager.yml");
            await File.WriteAllTextAsync(config, $"route: {{receiver: us, group_wait: 0s, group_interval: 1s}}\nreceivers: [{{name: us, webhook_configs: [{{url: '{receiver}'}}]}}]\n", Cancel);
            var start = new ProcessStartInfo(program!, [$"--config.file={config}", $"--storage.path={folder}", "--web.listen-address=127.0.0.1:0", "--cluster.listen-address="])
            {
                RedirectStandardError = true, RedirectStandardOutput = true,
            };
            var process = Process.Start(start)!;
            var said = new List<string>();
            while (await process.StandardError.ReadLineAsync(Cancel) is { } line)
            {
                // What it says later is of no interest, and must not fill its pipe.
                if (Listening().Match(line) is { Success: true } match) return new Manager(process, folder, new Uri("http://" + match.Groups[1].Value), process.StandardError.ReadToEndAsync(CancellationToken.None));
                said.Add(line);
            }

            process.Kill(entireProcessTree: true);
            process.Dispose();
            throw new InvalidOperationException("It did not start: " + string.Join('\n', said));
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            await rest;
            process.Dispose();
            Directory.Delete(folder, recursive: true);
        }

        [GeneratedRegex("Listening on\"? address=(127\\.0\\.0\\.1:[0-9]+)")]
        private static partial Regex Listening();
    }
}
