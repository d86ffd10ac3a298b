using System.Text;
using Crowsnest.Aws;

namespace Crowsnest.Configuration;

/// <summary>Finds and reads the configuration, wherever it is kept.</summary>
public static class ConfigFile
{
    private const string Place = "CROWSNEST_CONFIG";
    private const string Whole = "CROWSNEST_CONFIG_YAML";
    private const string Usual = "crowsnest.yaml";

    // Ten thousand receivers fit; a log given by mistake does not.
    private const int BytesMax = 1 << 20;

    /// <summary>
    /// The configuration named on the command line, else in <c>CROWSNEST_CONFIG</c>, else the text in <c>CROWSNEST_CONFIG_YAML</c>, else <c>./crowsnest.yaml</c> where it
    /// exists, else none, which is a good configuration.
    /// </summary>
    /// <param name="named">A file, <c>s3://BUCKET/KEY</c> or <c>ssm:NAME</c>; <see langword="null"/> when none was named.</param>
    /// <param name="environment">Variables of the environment.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ConfigException">It cannot be read, or has mistakes: all of them.</exception>
    public static async Task<CrowsnestConfig> LoadAsync(string? named, Func<string, string?> environment, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (named is { Length: > 0 } || (named = environment(Place)) is { Length: > 0 }) return await ReadAsync(named, environment, time, cancellationToken).ConfigureAwait(false);
        if (environment(Whole) is { Length: > 0 } text) return await ParseAsync(Whole, text, ".", environment, time, cancellationToken).ConfigureAwait(false);
        return File.Exists(Usual) ? await ReadAsync(Usual, environment, time, cancellationToken).ConfigureAwait(false) : new CrowsnestConfig();
    }

    /// <summary>Reads one configuration.</summary>
    /// <param name="place">A file, <c>s3://BUCKET/KEY</c> or <c>ssm:NAME</c>.</param>
    /// <param name="environment">Variables of the environment.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ConfigException">It cannot be read, or has mistakes: all of them.</exception>
    public static async Task<CrowsnestConfig> ReadAsync(string place, Func<string, string?> environment, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(environment);
        if (RemoteText.IsConfiguration(place))
        {
            return await ParseAsync(place, await FetchAsync(place, time, cancellationToken).ConfigureAwait(false), ".", environment, time, cancellationToken).ConfigureAwait(false);
        }

        string text;
        try
        {
            if (new FileInfo(place) is { Exists: true, Length: > BytesMax }) throw new ConfigException($"{place}: larger than 1 MiB; is it a configuration?");
            text = await File.ReadAllTextAsync(place, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"{place}: cannot be read: {failure.Message}", failure);
        }

        return await ParseAsync(place, text, Path.GetDirectoryName(Path.GetFullPath(place)) ?? ".", environment, time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a configuration's text where nobody will be told: the secrets that it names are not read, and need not be there.</summary>
    /// <param name="place">What mistakes call it.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="ConfigException">It has mistakes: all of them.</exception>
    public static CrowsnestConfig ParseWithoutSecrets(string place, string text)
    {
        var (config, mistakes) = ConfigParser.Parse(text, SecretReader.Unread);
        return mistakes.Count == 0 ? config : throw new ConfigException(place, mistakes);
    }

    private static async Task<string> FetchAsync(string place, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            var text = await RemoteText.ReadAsync(place, BytesMax, time, cancellationToken).ConfigureAwait(false);
            return Encoding.UTF8.GetByteCount(text) <= BytesMax ? text : throw new ConfigException($"{place}: larger than 1 MiB; is it a configuration?");
        }
        catch (AwsException failure)
        {
            throw new ConfigException($"{place}: cannot be read: {failure.InWords}", failure);
        }
    }

    // Secrets that are kept in AWS are known by name after a first reading, whose mistakes the second one finds again.
    private static async Task<CrowsnestConfig> ParseAsync(string place, string text, string folder, Func<string, string?> environment, TimeProvider time, CancellationToken cancellationToken)
    {
        var first = new SecretReader(environment, folder, fetched: null);
        var (config, mistakes) = ConfigParser.Parse(text, first);
        if (first.Wanted.Count > 0)
        {
            var fetched = await Task.WhenAll(first.Wanted.Select(name => SecretAsync(name, time, cancellationToken))).ConfigureAwait(false);
            (config, mistakes) = ConfigParser.Parse(text, new SecretReader(environment, folder, first.Wanted.Zip(fetched).ToDictionary(StringComparer.Ordinal)));
        }

        return mistakes.Count == 0 ? config : throw new ConfigException(place, mistakes);
    }

    private static async Task<(Secret? Secret, string? Mistake)> SecretAsync(string name, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            return await RemoteText.ReadAsync(name, SecretReader.BytesMax, time, cancellationToken).ConfigureAwait(false) is { Length: > 0 } value
                ? (new Secret(value), null)
                : (null, $"{name} is empty");
        }
        catch (AwsException failure)
        {
            return (null, $"cannot read {name}: {failure.InWords}");
        }
    }
}
