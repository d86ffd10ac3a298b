using System.Reflection;

namespace Crowsnest.Commands;

/// <summary>What this program says it is.</summary>
internal static class ProductVersion
{
    /// <summary>The version, without the build's own suffix.</summary>
    public static string Text { get; } =
        (typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+')[0];
}
