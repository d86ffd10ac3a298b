using Crowsnest.Core.Incidents;

namespace Crowsnest.Notifiers.Email;

/// <summary>The server did not take a mail, and what that means for the message.</summary>
#pragma warning disable CA1032, CA1064 // Thrown and caught in this folder, always with an outcome.
internal sealed class SmtpException(Delivery delivery) : Exception(delivery.Reason)
{
    public Delivery Delivery => delivery;
}
