using System.Net;
using Crowsnest.Aws.Sqs;
using Crowsnest.Configuration;
using Crowsnest.Core.Capacity.Sizing;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.History;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>Where the server listens and for whom.</summary>
internal sealed record ServerOptions
{
    /// <summary>The TCP address; port 0 lets the system choose.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8723);

    /// <summary>The owner's socket (mode 0600), whose callers are admin; none when <see langword="null"/>.</summary>
    public string? SocketPath { get; init; }

    /// <summary>The address that people use, when a proxy stands in front; its host is allowed besides the loopback names.</summary>
    public Uri? ExternalUrl { get; init; }

    /// <summary>How long those who send events wait for a store that cannot write, before they are told.</summary>
    public TimeSpan StorePatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Reads the configuration again; <see langword="null"/> where there is none to read.</summary>
    public Func<CancellationToken, Task<CrowsnestConfig>>? ReadConfig { get; init; }

    /// <summary>The product's version, for metrics and the API's description.</summary>
    public string Version { get; init; } = "0.0.0";
}

/// <summary>What the server serves.</summary>
/// <param name="Store">What is stored.</param>
/// <param name="Tokens">Who may.</param>
/// <param name="Pipeline">The way in.</param>
/// <param name="Diagnoser">What events mean.</param>
/// <param name="Masking">What is masked of events that come in.</param>
/// <param name="Time">The clock.</param>
internal sealed record ServerParts(IStore Store, ITokenStore Tokens, IngestPipeline Pipeline, EventDiagnoser Diagnoser, MaskingOptions Masking, TimeProvider Time)
{
    /// <summary>The clusters as they are; whoever makes the parts loads it and tells it of commits.</summary>
    public ClusterModel Clusters { get; init; } = new(Diagnoser, Time);

    /// <summary>What changes of them; whoever makes the parts tells it of commits.</summary>
    public ClusterChanges Changes { get; init; } = new(Time);

    /// <summary>The clusters as they were.</summary>
    public ClusterHistory History { get; init; } = new(Store, Diagnoser, Time, new HistoryOptions());

    /// <summary>What advice on sizes heeds.</summary>
    public AdviceOptions Advice { get; init; } = new();

    /// <summary>Who measures what tasks use; <see langword="null"/> where nobody does. Whoever makes the parts closes it.</summary>
    public IUsageSource? Usage { get; init; }

    /// <summary>What tells people; <see langword="null"/> where nothing does.</summary>
    public Teller? Teller { get; init; }

    /// <summary>What of the configuration may change meanwhile; <see langword="null"/> where nobody is told.</summary>
    public LiveConfig? Live { get; init; }

    /// <summary>Reads the configuration again and takes it; <see langword="null"/> where there is none to read.</summary>
    public Func<CancellationToken, Task>? Reload { get; init; }

    /// <summary>Who is told, as the configuration says; <see langword="null"/> where nobody is.</summary>
    public Telling? Telling => Live?.Telling;

    /// <summary>The rules that are on.</summary>
    public RulesConfig Rules => Live?.Rules ?? new CrowsnestConfig().Rules;

    /// <summary>Who is told of what, and what is muted.</summary>
    public TellingOptions TellingOptions => Telling?.Options ?? new TellingOptions { Route = new Core.Incidents.Route { Receiver = "console" } };

    /// <summary>What people do with incidents.</summary>
    public IncidentActions IncidentActions => Live?.Actions ?? new IncidentActions(TellingOptions);

    /// <summary>What happened longer ago is recorded and not told; <see langword="null"/> where nobody is told.</summary>
    public TimeSpan? MaxAge => Telling?.MaxAge;

    /// <summary>What lets go of the old; <see langword="null"/> where nothing does.</summary>
    public Retainer? Retainer { get; init; }

    /// <summary>The queues that are read.</summary>
    public IReadOnlyList<SqsSource> Queues { get; init; } = [];

    /// <summary>The topics of SNS that deliver here; <see langword="null"/> where none does.</summary>
    public SnsInbox? Sns { get; init; }

    /// <summary>What compares with the ECS API; <see langword="null"/> where nothing does.</summary>
    public Resyncing? Resync { get; init; }

    /// <summary>Writes a backup into a folder and tells of bytes copied and in all; <see langword="null"/> where the store has no such thing.</summary>
    public Func<string, Action<long, long>, CancellationToken, Task<BackupManifest>>? Backup { get; init; }
}

/// <summary>The server would be unsafe or cannot start as it is configured; the message says what to change.</summary>
internal sealed class ServerRefusedException : Exception
{
    /// <summary>The server will not start.</summary>
    public ServerRefusedException(string message)
        : base(message)
    {
    }

    /// <summary>The server will not start.</summary>
    public ServerRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The server will not start.</summary>
    public ServerRefusedException()
    {
    }
}
