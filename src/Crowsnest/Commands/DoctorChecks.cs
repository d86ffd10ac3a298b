using System.Globalization;
using Crowsnest.Aws;
using Crowsnest.Aws.Sns;
using Crowsnest.Configuration;
using Crowsnest.Core.Pipeline;
using Crowsnest.Notifiers.Http;
using Crowsnest.Notifiers.Slack;
using Crowsnest.Server;
using Crowsnest.Sqlite;

namespace Crowsnest.Commands;

/// <summary>What 'doctor' looks at.</summary>
internal sealed class DoctorChecks(Invocation invocation, CrowsnestConfig config)
{
    // A day of a busy fleet, merges included.
    private const long DiskFreeMin = 1L << 30;
    private const long DiskFreeLeast = 64L << 20;

    // A thousand connections, a file or two each for readers, and what the runtime holds itself.
    private const long FilesMin = 4_096;
    private static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LookUpTime = TimeSpan.FromSeconds(5);

    private string DataFolder => invocation.DataFolder;

    /// <summary>The data folder: there, and its owner's alone.</summary>
    public IEnumerable<Finding> Folder()
    {
        const string check = "data folder";
        if (File.Exists(DataFolder)) return [Finding.Fault(check, $"{DataFolder} is a file", "Name a folder with --data.")];
        if (!Directory.Exists(DataFolder)) return [Finding.Warning(check, $"{DataFolder} is not there", "'crowsnest up', or 'crowsnest ingest FILE', makes it; --data names another.")];
        var findings = new List<Finding>();
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
            if ((File.GetUnixFileMode(DataFolder) & others) != 0)
                findings.Add(Finding.Warning(check, "others on this machine may look into it, and quarantine is not masked", $"chmod go= {DataFolder}"));
        }

        findings.Add(Writable(check));
        return findings;
    }

    /// <summary>Room on the disk for what may still be stored.</summary>
    public IEnumerable<Finding> Disk()
    {
        const string check = "disk space";
        if (!Directory.Exists(DataFolder)) return [];
        long free;
        try
        {
            free = new DriveInfo(DataFolder).AvailableFreeSpace;
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return [Finding.Warning(check, $"cannot be seen: {failure.Message}", "Look with df.")];
        }

        var used = Directory.EnumerateFiles(DataFolder).Sum(f => new FileInfo(f) is { Exists: true } file ? file.Length : 0);
        var words = $"{Units.FormatBytes(free)} free, {Units.FormatBytes(used)} used by the data";
        if (free < DiskFreeLeast) return [Finding.Fault(check, words, "Make room: what comes in cannot be stored soon.")];
        if (config.Retention.SizeBytes is { } size && free < size - used)
            return [Finding.Warning(check, $"{words}, and retention.size lets it grow to {Units.FormatBytes(size)}", "Lower retention.size, or give the data a larger disk.")];
        return [free < DiskFreeMin ? Finding.Warning(check, words, "Make room, or set retention.") : Finding.Ok(check, words)];
    }

    /// <summary>The store: readable, of a schema that is known, and fitting together; and whether event times fit the clock.</summary>
    public async Task<IEnumerable<Finding>> DataAsync(bool isDeep, Action<long, long> onStep, CancellationToken cancellationToken)
    {
        const string check = "data";
        if (!File.Exists(Path.Combine(DataFolder, "crowsnest.db"))) return [];
        try
        {
            await using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = DataFolder, ReadOnly = true }, invocation.Host.Time);
            var found = await store.CheckAsync(isDeep, onStep, cancellationToken);
            var faults = found.Faults.Select(f => Finding.Fault(check, f, "Keep a copy of the folder, then restore a backup with 'crowsnest restore DIR --force'.")).ToList();
            if (faults.Count > 0) return faults;
            var words = string.Create(
                CultureInfo.InvariantCulture, $"{found.Events:N0} events, schema {found.Schema}, {(isDeep ? "every byte read" : "its parts fit together (--deep reads every byte)")}");
            return [Finding.Ok(check, words), Clock(found.NewestAt)];
        }
        catch (StoreException failure)
        {
            return [Finding.Fault(check, failure.Message, failure.Hint)];
        }
    }

    /// <summary>The server that was named or holds the folder: answers, and gets on.</summary>
    public async Task<IEnumerable<Finding>> ServerAsync(CancellationToken cancellationToken)
    {
        const string check = "server";
        await using var server = await Clients.FindServerAsync(invocation, cancellationToken);
        if (server is null)
        {
            return [IsHeld()
                ? Finding.Warning(check, $"{Holder()} has the data folder and takes no calls", "If it is an 'ingest', wait for it; if it hangs, stop it.")
                : Finding.Ok(check, "none has the data folder; 'crowsnest up' starts one")];
        }

        try
        {
            return [await server.ReadyAsync(cancellationToken) is { } reason
                ? Finding.Fault(check, $"{server.Name} is not ready: {reason}", "Do what the reason says; its own log has more.")
                : Finding.Ok(check, $"{server.Name} is ready")];
        }
        catch (UnreachableStoreException failure)
        {
            return [Finding.Fault(check, failure.Message, "See whether it runs, and whether --server or CROWSNEST_SERVER is right.")];
        }
    }

    /// <summary>The receivers' addresses: known, and allowed. Nothing is sent.</summary>
    public async Task<IEnumerable<Finding>> ReceiversAsync(CancellationToken cancellationToken)
    {
        var findings = new List<Finding>();
        foreach (var receiver in config.Receivers)
        {
            var check = $"receiver {receiver.Name}";
            if (receiver.Console is not null) findings.Add(Finding.Ok(check, "console"));
            foreach (var topic in receiver.Topics) findings.Add(await TopicAsync(check, topic, cancellationToken));
            foreach (var (name, host, allowPrivate) in Targets(receiver)) findings.Add(await TargetAsync(check, name, host, allowPrivate, cancellationToken));
        }

        return findings;
    }

    /// <summary>The topics that may deliver, and whether their deliveries would be answered. Nothing is asked.</summary>
    public IEnumerable<Finding> Topics() => config.Sources.SnsTopics.Select(topic => config.Server.ExternalUrl is { } external
        ? Finding.Ok($"topic {topic.Name}", $"{topic.Arn} may deliver to {external.GetLeftPart(UriPartial.Path).TrimEnd('/')}/api/v1/events")
        : Finding.Warning(
            $"topic {topic.Name}", $"{topic.Arn} may deliver, but server.external_url is not set, and requests for other names than this machine's own are refused",
            "Set server.external_url to the address that the topic is subscribed with, without /api/v1/events; docs/sns.md has an example."));

    private async Task<Finding> TopicAsync(string check, SnsConfig topic, CancellationToken cancellationToken)
    {
        try
        {
            var identity = AwsIdentity.Resolve(SnsNotifier.RegionOf(topic.TopicArn));
            return await TopicReader.SubscriptionsAsync(topic.TopicArn, identity, Composition.Elsewhere("SNS"), invocation.Host.Time, cancellationToken) switch
            {
                null => Finding.Fault(check, $"{topic.TopicArn} is not there", "Correct topic_arn in crowsnest.yaml ('aws sns list-topics' prints those that are there); no message reaches it."),
                0 => Finding.Warning(check, $"{topic.TopicArn} is there, and nobody has subscribed to it", "Subscribe, and confirm, as docs/sns.md does."),
                var count => Finding.Ok(check, string.Create(CultureInfo.InvariantCulture, $"{topic.TopicArn} is there, with {count} subscriptions (no message was sent; whether it may be published to shows with the first)")),
            };
        }
        catch (AwsException hidden) when (hidden.Code is "AuthorizationError" or "AuthorizationErrorException" or "AccessDenied" or "AccessDeniedException")
        {
            return Finding.Ok(check, $"{topic.TopicArn}, and there are credentials, which may not look at it (no message was sent; sns:Publish is enough to tell)");
        }
        catch (AwsException none)
        {
            return Finding.Fault(check, $"{topic.TopicArn}: {none.InWords}", "Give this process credentials that may publish to it; docs/sns.md has the policy.");
        }
    }

    /// <summary>How many files a process may have open.</summary>
    public Finding Files()
    {
        const string check = "open files";
        var path = IsHeld() && DataFolderLock.ReadHolder(DataFolder) is { } holder ? string.Create(CultureInfo.InvariantCulture, $"/proc/{holder.ProcessId}/limits") : "/proc/self/limits";
        try
        {
            var line = File.ReadLines(path).First(l => l.StartsWith("Max open files", StringComparison.Ordinal));
            var limit = line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
            return long.TryParse(limit, CultureInfo.InvariantCulture, out var files) && files < FilesMin
                ? Finding.Warning(check, $"a process may have {limit} open, which {FilesMin} connections and files would pass", $"Raise it: LimitNOFILE={FilesMin} in the systemd unit, or ulimit -n {FilesMin}.")
                : Finding.Ok(check, $"a process may have {limit} open");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return Finding.Ok(check, "this system does not say how many a process may have open");
        }
    }

    private Finding Writable(string check)
    {
        // Made and removed: permissions alone do not say it (a read-only disk, another user's folder, a full one).
        var probe = Path.Combine(DataFolder, string.Create(CultureInfo.InvariantCulture, $".doctor-{Environment.ProcessId}"));
        try
        {
            File.WriteAllBytes(probe, [1]);
            File.Delete(probe);
            return Finding.Ok(check, $"{DataFolder} can be written");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Finding.Fault(check, $"{DataFolder} cannot be written by this user: {failure.Message.Split(" : '")[0]}", "Give the user that runs Crowsnest write access, or free the disk.");
        }
    }

    private Finding Clock(DateTimeOffset? newest)
    {
        const string check = "clock";
        var now = invocation.Host.Time.GetUtcNow();
        if (newest is null) return Finding.Ok(check, $"{EventJson.Time(now)}, and no event to compare it with");
        return newest > now + ClockSlack
            ? Finding.Warning(check, $"the newest event says {EventJson.Time(newest.Value)}, and this machine's clock {EventJson.Time(now)}", "Compare the clock (timedatectl); relative times as now-15m depend on it.")
            : Finding.Ok(check, $"{EventJson.Time(now)}; the newest event is of {EventJson.Time(newest.Value)}");
    }

    // What is named is what may be shown: of a URL its host, for the rest is often a secret.
    private static IEnumerable<(string Name, string Host, bool AllowPrivate)> Targets(ReceiverConfig receiver)
    {
        var urls = receiver.Webhooks.Select(hook => (hook.Url, hook.AllowPrivate))
            .Concat(receiver.Slack.Select(slack => (Url: slack.WebhookUrl is { } hook ? new Uri(hook.Reveal()) : new SlackOptions().ApiUrl, slack.AllowPrivate)))
            .Concat(receiver.Teams.Select(teams => (Url: new Uri(teams.WebhookUrl.Reveal()), teams.AllowPrivate)))
            .Concat(receiver.PagerDuty.Select(duty => (duty.Url, duty.AllowPrivate)))
            .Concat(receiver.Alertmanagers.Select(manager => (manager.Url, manager.AllowPrivate)));
        return urls.Select(target => (HostReach.NameOf(target.Url), target.Url.DnsSafeHost, target.AllowPrivate))
            .Concat(receiver.Emails.Select(email => (string.Create(CultureInfo.InvariantCulture, $"the mail server {email.Host}:{email.Port}"), email.Host, email.AllowPrivate)));
    }

    private async Task<Finding> TargetAsync(string check, string name, string host, bool allowPrivate, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LookUpTime, invocation.Host.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        string? refusal;
        try
        {
            refusal = await HostReach.RefusalAsync(host, allowPrivate, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            refusal = $"its host could not be looked up within {LookUpTime.TotalSeconds:0} s";
        }

        return refusal is null
            ? Finding.Ok(check, $"{name} can be looked up and is allowed (no message was sent)")
            : Finding.Fault(check, $"{name}: {refusal}", "Correct the URL in crowsnest.yaml, or the name server; no message reaches it.");
    }

    private string Holder() => DataFolderLock.ReadHolder(DataFolder) is { } holder ? string.Create(CultureInfo.InvariantCulture, $"process {holder.ProcessId} (version {holder.Version})") : "another process";

    private bool IsHeld() => Directory.Exists(DataFolder) && DataFolderLock.IsTaken(DataFolder);
}
