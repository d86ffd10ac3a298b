using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Incidents;

/// <summary>Who ticks and sends: one process at a time, by one document that is only ever written over what was read.</summary>
/// <remarks>
/// The same document carries the journal of the last pass and the sums of what was told, so that a pass takes effect in one write, and only for who still
/// has the lease. A holder that says nothing for <see cref="Span"/> loses it: others go by how long the document stayed as it was on their own clocks, so no
/// two clocks are compared. One that was paused for longer asks again before it does anything.
/// </remarks>
internal sealed class Lease(Documents documents, IndexNames names, string worker, TimeProvider time)
{
    private const string Id = "lease";

    private long _writtenAt;
    private Document? _mine;
    private bool _isNew;
    private (long SequenceNumber, long PrimaryTerm, long Since) _seen = (-1, -1, 0);

    /// <summary>How long a holder may say nothing.</summary>
    public static TimeSpan Span { get; } = TimeSpan.FromSeconds(15);

    /// <summary>What the document says, while we hold the lease.</summary>
    public LeaseState State { get; private set; } = LeaseState.Empty;

    /// <summary>The lease was taken over and the journal in it is perhaps not carried out.</summary>
    public bool IsFresh { get; private set; }

    /// <summary>Takes the lease, or makes sure of it; false while another process has it.</summary>
    public async Task<bool> TryTakeAsync(CancellationToken cancellationToken)
    {
        if (_mine is not null)
        {
            var age = time.GetElapsedTime(_writtenAt);
            if (age < Span / 3) return true;
            return await TryWriteAsync(State, cancellationToken).ConfigureAwait(false);
        }

        var found = await documents.GetAsync(names.Ledger, Id, cancellationToken).ConfigureAwait(false);
        if (found is { } document)
        {
            var holder = document.Text("holder") ?? "";
            if (_seen.SequenceNumber != document.SequenceNumber || _seen.PrimaryTerm != document.PrimaryTerm) _seen = (document.SequenceNumber, document.PrimaryTerm, time.GetTimestamp());
            if (holder.Length > 0 && time.GetElapsedTime(_seen.Since) < Span) return false;
            State = LeaseState.Read(document);
        }

        _mine = found ?? default(Document);
        _isNew = found is null;
        if (!await TryWriteAsync(State with { Epoch = State.Epoch + 1 }, cancellationToken).ConfigureAwait(false)) return false;
        IsFresh = true;
        return true;
    }

    /// <summary>Writes what a pass decided; from then on it holds, whatever happens to this process.</summary>
    /// <exception cref="StoreException">Another process has taken the lease; nothing was written.</exception>
    public async Task CommitAsync(LeaseState state, CancellationToken cancellationToken)
    {
        if (!await TryWriteAsync(state, cancellationToken).ConfigureAwait(false))
            throw new StoreException("Another process tells now; what this one had decided it decides itself.", "", isTransient: true);
    }

    /// <summary>The journal was carried out.</summary>
    public void Done() => IsFresh = false;

    /// <summary>Gives the lease away, so that the next does not have to wait.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (_mine is null) return;
        await TryWriteAsync(State, cancellationToken, holder: "").ConfigureAwait(false);
        _mine = null;
    }

    private async Task<bool> TryWriteAsync(LeaseState state, CancellationToken cancellationToken, string? holder = null)
    {
        var began = time.GetTimestamp();
        var written = await documents.TryPutAsync(names.Ledger, Id, _isNew ? null : _mine, json => state.Write(json, holder ?? worker), cancellationToken).ConfigureAwait(false);
        if (written is not { } at)
        {
            // Perhaps our own write, whose answer was lost: what is there tells.
            var there = await documents.GetAsync(names.Ledger, Id, cancellationToken).ConfigureAwait(false);
            if (there is { } found && found.Text("holder") == (holder ?? worker) && LeaseState.Read(found) is var read && read.Epoch == state.Epoch && read.Pass == state.Pass && read.Journal == state.Journal)
            {
                (_mine, _isNew, _writtenAt, State) = (found, false, began, state);
                return true;
            }

            _mine = null;
            _isNew = false;
            return false;
        }

        _mine = new Document(Id, default, at.SequenceNumber, at.PrimaryTerm);
        (_isNew, _writtenAt, State) = (false, began, state);
        return true;
    }
}

/// <summary>What the lease's document says besides its holder.</summary>
/// <param name="Epoch">How often it changed hands.</param>
/// <param name="Pass">How many passes there were: the version that each pass's writes have.</param>
/// <param name="Journal">What the last pass writes, packed; empty when it wrote nothing.</param>
/// <param name="TooOld">Firings that were too old to be told, of all time.</param>
/// <param name="Done">Messages that are done, of all time.</param>
internal sealed record LeaseState(long Epoch, long Pass, string Journal, long TooOld, IReadOnlyDictionary<(string Receiver, SendFailure Failure), long> Done)
{
    public static LeaseState Empty { get; } = new(0, 0, "", 0, new Dictionary<(string, SendFailure), long>());

    public static LeaseState Read(Document document) => new(
        document.Number("epoch"), document.Number("pass"), document.Text("journal") ?? "", document.Number("tooOld"),
        document.Source.GetProperty("done").EnumerateArray().ToDictionary(
            one => (one.GetProperty("receiver").GetString()!, Enum.Parse<SendFailure>(one.GetProperty("failure").GetString()!)), one => one.GetProperty("count").GetInt64()));

    public void Write(Utf8JsonWriter json, string holder)
    {
        json.WriteString("kind", "lease");
        json.WriteString("holder", holder);
        json.WriteNumber("epoch", Epoch);
        json.WriteNumber("pass", Pass);
        json.WriteString("journal", Journal);
        json.WriteNumber("tooOld", TooOld);
        json.Objects("done", Done.Select(one => (Action<Utf8JsonWriter>)(d =>
        {
            d.WriteString("receiver", one.Key.Receiver);
            d.WriteString("failure", one.Key.Failure.ToString());
            d.WriteNumber("count", one.Value);
        })));
    }
}
