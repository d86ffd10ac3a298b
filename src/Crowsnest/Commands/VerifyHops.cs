using System.Text.Json;
using Crowsnest.Aws;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Commands;

/// <summary>Follows one event along its way: sent, stored, diagnosed, fired, told.</summary>
/// <param name="way">How it goes in.</param>
/// <param name="view">Where it must come out.</param>
/// <param name="isTold">Whether a receiver is told; not asked of a view that knows by itself.</param>
/// <param name="time">The clock.</param>
internal sealed class VerifyHops(IVerifyWay way, IVerifyView view, bool isTold, TimeProvider time)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(250);

    private readonly List<JsonElement> _rows = [];
    private DateTimeOffset _sentAt;

    /// <summary>A row a hop, in their order.</summary>
    public IReadOnlyList<JsonElement> Rows => _rows;

    /// <summary>Sends it, and looks until it has come out, cannot come out any more, or the time is over; true when it has come out.</summary>
    /// <param name="trial">The event.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="onStep">Hears what is waited for.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<bool> FollowAsync(VerifyEvent trial, TimeSpan timeout, Action<string, TimeSpan> onStep, CancellationToken cancellationToken)
    {
        _sentAt = time.GetUtcNow();
        var began = time.GetTimestamp();
        string id;
        try
        {
            id = await way.SendAsync(trial, cancellationToken);
        }
        catch (AwsException failure) when (failure.Code is "NoAnswer" or "NoCredentials")
        {
            throw new UnreachableStoreException($"{way.Name} cannot be reached. {failure.InWords}", failure);
        }
        catch (AwsException failure)
        {
            Add("sent", null, $"{way.Name} did not take it. {failure.InWords}", "Give whoever runs this events:PutEvents on the bus, or sqs:SendMessage on the queue.");
            return false;
        }

        Add("sent", _sentAt, $"to {way.Name}, as {id}, service {trial.Service}");
        while (true)
        {
            var seen = await view.LookAsync(id, trial.Service, cancellationToken);
            var (missing, isOver) = Judge(seen);
            if (missing.Length == 0 || isOver || time.GetElapsedTime(began) >= timeout) return await ReportAsync(seen, missing, timeout, cancellationToken);
            onStep(missing, time.GetElapsedTime(began));
            await Task.Delay(Pace, time, cancellationToken);
        }
    }

    // The hop that is not reached, and whether waiting longer is in vain.
    private (string Missing, bool IsOver) Judge(VerifySeen seen)
    {
        if (seen.StoredAt is null) return ("stored", false);
        if (!seen.IsSynthetic) return ("diagnosed", true);
        if (IsNobodyTold(seen)) return ("", true);
        if (!seen.HasFired) return ("fired", false);
        return seen.Messages.Count > 0 && seen.Messages.All(m => m.State == OutboxState.Sent) ? ("", true) : ("told", seen.Messages.Any(m => m.State == OutboxState.Failed));
    }

    private bool IsNobodyTold(VerifySeen seen) => seen.Untold.Length > 0 || (!isTold && seen.Messages.Count == 0);

    private async Task<bool> ReportAsync(VerifySeen seen, string missing, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (seen.StoredAt is { } storedAt) Add("stored", storedAt, "it is found by its id");
        if (seen.IsSynthetic) Add("diagnosed", seen.StoredAt, $"{seen.Kind}, and synthetic");
        if (seen.HasFired) Add("fired", seen.Messages.Count > 0 ? seen.Messages.Min(m => m.DecidedAt) : seen.StoredAt, "a rule made an incident of it, which counts nowhere");
        foreach (var message in seen.Messages.Where(m => m.State == OutboxState.Sent)) Add("told", message.At, $"{message.Receiver} ({message.Medium})");
        if (missing.Length == 0)
        {
            if (seen.Messages.Count == 0) Add("told", seen.StoredAt, seen.Untold.Length > 0 ? $"nobody. {seen.Untold}" : "nobody: verify.receiver names no receiver");
            return true;
        }

        var fault = missing switch
        {
            "stored" => await WhyNotStoredAsync(cancellationToken),
            "diagnosed" => new VerifyFault(
                "it is stored, and was not taken for synthetic",
                "What takes events in has another verify.nonce or verify.source, or none: give its configuration this one (a stack's outputs are VerifyNonce and VerifySource), and start it again."),
            "fired" => new VerifyFault(
                "no rule made an incident of it",
                "See that rules have 'use: default', that verify.receiver of what takes events in names a receiver, and that one process tells: 'crowsnest up', or the function's schedule of one minute."),
            _ => seen.Messages.FirstOrDefault(m => m.State != OutboxState.Sent) is { } stuck
                ? new VerifyFault($"the message to {stuck.Receiver} ({stuck.Medium}) {(stuck.State == OutboxState.Failed ? "failed" : "waits")}{(stuck.LastError.Length > 0 ? ": " + stuck.LastError : "")}", "Do what the error says; 'crowsnest doctor' looks at receivers.")
                : new VerifyFault("there is an incident and no message of it", "See that verify.receiver names a receiver with something to tell, and that what tells runs."),
        };
        Add(missing, null, missing is "stored" or "fired" ? $"not within {Configuration.Units.Format(timeout)}: {fault.Message}" : fault.Message, fault.NextStep);
        return false;
    }

    private async Task<VerifyFault> WhyNotStoredAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await way.WhyAsync(cancellationToken);
        }
        catch (AwsException failure)
        {
            return new VerifyFault($"and the way cannot be looked at. {failure.InWords}", "Give whoever runs this sqs:GetQueueAttributes on the queues.");
        }
    }

    private void Add(string hop, DateTimeOffset? at, string message, string nextStep = "") => _rows.Add(RowWriter.Object(writer =>
    {
        writer.WriteString("hop", hop);
        writer.WriteString("status", at is null ? "missing" : "ok");
        if (at is { } moment)
        {
            writer.WriteString("at", Server.EventJson.Time(moment));

            // The store's clock may be behind ours.
            writer.WriteNumber("seconds", Math.Round(Math.Max(0, (moment - _sentAt).TotalSeconds), 1));
        }

        writer.WriteString("message", message);
        writer.WriteString("nextStep", nextStep);
    }));
}
