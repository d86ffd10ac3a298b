namespace Crowsnest.Lambda;

/// <summary>One call of the function, as the Runtime API hands it over.</summary>
/// <param name="RequestId">Its id, the same when an asynchronous one is tried again.</param>
/// <param name="InvocationId">What names this delivery of it, to be sent back with the answer; <see langword="null"/> where the service does not say.</param>
/// <param name="Deadline">When the service ends the process unless it has answered.</param>
/// <param name="TraceId">X-Ray's header, or empty.</param>
/// <param name="Body">The event, as JSON.</param>
internal sealed record Invocation(string RequestId, string? InvocationId, DateTimeOffset Deadline, string TraceId, ReadOnlyMemory<byte> Body);
