using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>Who may call an endpoint.</summary>
internal enum Access
{
    /// <summary>Anyone: only health, which says nothing.</summary>
    Open,

    /// <summary>Those who send events: ingest, operator, admin.</summary>
    Ingest,

    /// <summary>Viewer and above.</summary>
    Viewer,

    /// <summary>Operator and above.</summary>
    Operator,

    /// <summary>Admin.</summary>
    Admin,
}

/// <summary>Which role opens which door.</summary>
internal static class AccessRules
{
    /// <summary>Whether a bearer of this role may.</summary>
    public static bool Allows(this Access access, TokenRole role) => access switch
    {
        Access.Open => true,
        Access.Ingest => role is TokenRole.Ingest or TokenRole.Operator or TokenRole.Admin,
        Access.Viewer => role is TokenRole.Viewer or TokenRole.Operator or TokenRole.Admin,
        Access.Operator => role is TokenRole.Operator or TokenRole.Admin,
        _ => role is TokenRole.Admin,
    };
}
