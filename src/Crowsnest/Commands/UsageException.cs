namespace Crowsnest.Commands;

/// <summary>A command that was called wrongly: exit code 2.</summary>
internal sealed class UsageException : Exception
{
    /// <summary>Called wrongly.</summary>
    public UsageException(string message)
        : base(message)
    {
    }

    /// <summary>Called wrongly.</summary>
    public UsageException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Called wrongly.</summary>
    public UsageException()
    {
    }
}
