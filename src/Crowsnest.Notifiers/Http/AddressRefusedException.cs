namespace Crowsnest.Notifiers.Http;

/// <summary>The host's addresses are such that no message goes there.</summary>
#pragma warning disable CA1064 // Thrown and caught in this room.
internal sealed class AddressRefusedException : Exception
{
    public AddressRefusedException()
    {
    }

    public AddressRefusedException(string message) : base(message)
    {
    }

    public AddressRefusedException(string message, Exception inner) : base(message, inner)
    {
    }
}
