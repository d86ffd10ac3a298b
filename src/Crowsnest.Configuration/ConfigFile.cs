namespace Crowsnest.Configuration;

/// <summary>Finds and reads the configuration file.</summary>
public static class ConfigFile
{
    // Ten thousand receivers fit; a log given by mistake does not.
    private const int BytesMax = 1 << 20;

    /// <summary>
    /// The file named on the command line, else in <c>CROWSNEST_CONFIG</c>, else <c>./crowsnest.yaml</c> where it exists, else no file, which is a good configuration.
    /// </summary>
    /// <exception cref="ConfigException">It cannot be read, or has mistakes: all of them.</exception>
    public static CrowsnestConfig Load(string? named, Func<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        var path = named ?? environment("CROWSNEST_CONFIG");
        if (string.IsNullOrEmpty(path))
        {
            if (!File.Exists("crowsnest.yaml")) return new CrowsnestConfig();
            path = "crowsnest.yaml";
        }

        if (path.StartsWith("s3://", StringComparison.Ordinal) || path.StartsWith("ssm:", StringComparison.Ordinal))
            throw new ConfigException($"{path}: a configuration in S3 or SSM is not available in this version; give a file");

        return Read(path, environment);
    }

    /// <summary>Reads one file.</summary>
    /// <exception cref="ConfigException">It cannot be read, or has mistakes: all of them.</exception>
    public static CrowsnestConfig Read(string path, Func<string, string?> environment)
    {
        string text;
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > BytesMax }) throw new ConfigException($"{path}: larger than 1 MiB; is it a configuration?");
            text = File.ReadAllText(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ConfigException($"{path}: cannot be read: {failure.Message}", failure);
        }

        var secrets = new SecretReader(environment, Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".");
        var (config, mistakes) = ConfigParser.Parse(text, secrets);
        return mistakes.Count == 0 ? config : throw new ConfigException(path, mistakes);
    }
}
