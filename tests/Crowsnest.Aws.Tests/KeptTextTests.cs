using System.Globalization;
using System.Net;
using System.Text.Json;
using Crowsnest.Aws.S3;
using Crowsnest.Aws.SecretsManager;
using Crowsnest.Aws.Ssm;
using Crowsnest.Core.Tests;

namespace Crowsnest.Aws.Tests;

/// <summary>What a configuration keeps in AWS: parameters, secrets, objects.</summary>
public sealed class KeptTextTests(Moto moto)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("String")]
    [InlineData("SecureString")]
    public async Task A_parameter_is_read_in_the_clear(string type)
    {
        var name = $"/crowsnest/{type}";
        await CallAsync("ssm", "AmazonSSM", "PutParameter", json =>
        {
            json.WriteString("Name", name);
            json.WriteString("Type", type);
            json.WriteString("Value", "store:\n  kind: sqlite\n");
        });

        Assert.Equal("store:\n  kind: sqlite\n", await ParameterReader.ReadAsync(name, Moto.Identity, moto.Address, TimeProvider.System, Cancel));
    }

    [Fact]
    public async Task A_parameter_that_is_not_there_is_named_by_its_code()
    {
        var none = await Assert.ThrowsAsync<AwsException>(() => ParameterReader.ReadAsync("/no/such", Moto.Identity, moto.Address, TimeProvider.System, Cancel));
        Assert.Equal("ParameterNotFound", none.Code);
    }

    [Theory]
    [InlineData("plain", "s3cret", "", "s3cret")]
    [InlineData("object", """{"user": "u", "password": "p"}""", "#password", "p")]
    public async Task A_secret_is_read_whole_or_one_member_of_it(string name, string text, string member, string expected)
    {
        await PutSecretAsync(name, text);

        Assert.Equal(expected, await SecretAsync(name + member));
    }

    [Theory]
    [InlineData("not-json", "s3cret", "#password")]
    [InlineData("no-member", """{"user": "u"}""", "#password")]
    [InlineData("no-text", """{"port": 9200}""", "#port")]
    public async Task A_member_that_is_not_there_is_said_without_the_secret(string name, string text, string member)
    {
        await PutSecretAsync(name, text);

        var none = await Assert.ThrowsAsync<AwsException>(() => SecretAsync(name + member));

        Assert.Equal($"the secret {name} is no JSON object with a text '{member[1..]}'", none.Message);
    }

    [Fact]
    public async Task A_secret_that_is_not_there_is_named_by_its_code() =>
        Assert.Equal("ResourceNotFoundException", (await Assert.ThrowsAsync<AwsException>(() => SecretAsync("no-such"))).Code);

    [Theory]
    [InlineData("crowsnest.yaml")]
    [InlineData("a b/c+d/ü&?#.yaml")]
    public async Task An_object_is_read_by_whatever_key(string key)
    {
        await PutObjectAsync("kept", key, "rules: []");

        Assert.Equal("rules: []", await ObjectReader.ReadAsync("kept", key, 100, Moto.Identity, moto.Address, TimeProvider.System, Cancel));
    }

    [Fact]
    public async Task An_object_that_is_too_large_or_not_there_is_refused()
    {
        await PutObjectAsync("kept", "large.yaml", new string('#', 101));

        Assert.Equal("TooLarge", (await Assert.ThrowsAsync<AwsException>(() => ObjectReader.ReadAsync("kept", "large.yaml", 100, Moto.Identity, moto.Address, TimeProvider.System, Cancel))).Code);
        Assert.Equal("NoSuchKey", (await Assert.ThrowsAsync<AwsException>(() => ObjectReader.ReadAsync("kept", "none.yaml", 100, Moto.Identity, moto.Address, TimeProvider.System, Cancel))).Code);
        Assert.Equal("NoSuchBucket", (await Assert.ThrowsAsync<AwsException>(() => ObjectReader.ReadAsync("no-such-bucket", "x", 100, Moto.Identity, moto.Address, TimeProvider.System, Cancel))).Code);
    }

    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html: the answer names the bucket's region.
    [Theory]
    [InlineData("us-west-2", "rules: []")]
    [InlineData("eu-west-1", null)]
    public async Task A_bucket_in_another_region_is_asked_there_once(string home, string? expected)
    {
        using var s3 = new HttpListener();
        var address = $"http://127.0.0.1:{Peers.FreePort().ToString(CultureInfo.InvariantCulture)}/";
        s3.Prefixes.Add(address);
        s3.Start();
        var regions = new List<string>();
        var serving = Task.Run(async () =>
        {
            while (true)
            {
                var asked = await s3.GetContextAsync();
                var region = asked.Request.Headers["Authorization"]!.Split('/')[2];
                regions.Add(region);
                if (region == "us-west-2")
                {
                    asked.Response.Close("rules: []"u8.ToArray(), willBlock: false);
                    continue;
                }

                asked.Response.StatusCode = 301;
                asked.Response.Headers["x-amz-bucket-region"] = home;
                asked.Response.Close("<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>"u8.ToArray(), willBlock: false);
            }
        }, Cancel);

        var read = ObjectReader.ReadAsync("kept", "crowsnest.yaml", 100, Moto.Identity, new Uri(address), TimeProvider.System, Cancel);

        if (expected is null) Assert.Equal("PermanentRedirect", (await Assert.ThrowsAsync<AwsException>(() => read)).Code);
        else Assert.Equal(expected, await read);
        Assert.Equal(expected is null ? ["eu-west-1"] : ["eu-west-1", "us-west-2"], regions);
        s3.Stop();
        await Assert.ThrowsAnyAsync<Exception>(() => serving);
    }

    private Task<string> SecretAsync(string id) => SecretValueReader.ReadAsync(id, Moto.Identity, moto.Address, TimeProvider.System, Cancel);

    private Task PutSecretAsync(string name, string text) => CallAsync("secretsmanager", "secretsmanager", "CreateSecret", json =>
    {
        json.WriteString("Name", name);
        json.WriteString("SecretString", text);
    });

    private async Task CallAsync(string service, string target, string operation, Action<Utf8JsonWriter> write)
    {
        using var client = new AwsJsonClient(Moto.Identity, moto.Address, service, target, TimeProvider.System, 1, "application/x-amz-json-1.1");
        (await client.CallAsync(operation, write, Cancel)).Dispose();
    }

    private async Task PutObjectAsync(string bucket, string key, string text)
    {
        using var http = AwsHttp.Create(Moto.Identity, "s3", 1);
        using var home = new StringContent("<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>");
        using var made = await http.PutAsync(new Uri(moto.Address, bucket), home, Cancel);
        using var content = new StringContent(text);
        using var put = await http.PutAsync(new Uri(moto.Address, $"{bucket}/{string.Join('/', key.Split('/').Select(Uri.EscapeDataString))}"), content, Cancel);
        Assert.True(put.IsSuccessStatusCode, await put.Content.ReadAsStringAsync(Cancel));
    }
}
