using Crowsnest.Configuration;

namespace Crowsnest.Host.Tests.Configuration;

public sealed class ConfigFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("crowsnest-config-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_text_may_stand_in_the_environment_itself() =>
        Assert.Equal("trial", (await LoadAsync(null, new() { ["CROWSNEST_CONFIG_YAML"] = "verify: {source: trial}" })).Verify.Source);

    [Fact]
    public async Task A_file_that_is_named_comes_before_the_text_of_the_environment()
    {
        var file = Path.Combine(_folder.FullName, "named.yaml");
        await File.WriteAllTextAsync(file, "verify: {source: named}", TestContext.Current.CancellationToken);
        var text = KeyValuePair.Create("CROWSNEST_CONFIG_YAML", "verify: {source: whole}");

        Assert.Equal("named", (await LoadAsync(file, new([text]))).Verify.Source);
        Assert.Equal("named", (await LoadAsync(null, new([text, new("CROWSNEST_CONFIG", file)]))).Verify.Source);
        Assert.Equal("whole", (await LoadAsync(null, new([text, new("CROWSNEST_CONFIG", "")]))).Verify.Source);
    }

    [Fact]
    public async Task A_mistake_in_the_environments_text_names_the_variable()
    {
        var mistake = await Assert.ThrowsAsync<ConfigException>(() => LoadAsync(null, new() { ["CROWSNEST_CONFIG_YAML"] = "verify:\n  sorce: x" }));
        Assert.StartsWith("CROWSNEST_CONFIG_YAML:2:3: verify.sorce: ", mistake.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("s3://bucket", "s3://bucket: cannot be read: NoKey: an object of S3 is s3://BUCKET/KEY")]
    [InlineData("ssm:", "ssm:: cannot be read: NoName: a name or an ARN stands behind the colon")]
    public async Task What_names_nothing_in_AWS_is_said_before_anything_is_asked(string place, string expected) =>
        Assert.Equal(expected, (await Assert.ThrowsAsync<ConfigException>(() => LoadAsync(place, []))).Message);

    private static Task<CrowsnestConfig> LoadAsync(string? named, Dictionary<string, string> environment) =>
        ConfigFile.LoadAsync(named, environment.GetValueOrDefault, TimeProvider.System, TestContext.Current.CancellationToken);
}
