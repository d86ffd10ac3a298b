namespace Crowsnest.Core.Events;

/// <summary>Reads one event's bytes into an <see cref="EcsEvent"/>, or says why it cannot.</summary>
public sealed class EventDecoder
{
}
