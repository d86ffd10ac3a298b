using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Events;

/// <summary>What looks like a secret leaves a log's line, and what does not stays.</summary>
public sealed class SecretTextTests
{
    // No real secrets: AWS's own examples, and words.
    [Theory]
    [InlineData("connect postgres://app:geheim@db:5432/shop failed", "connect postgres://***@db:5432/shop failed")]
    [InlineData("DB_PASSWORD=geheim; retry", "DB_PASSWORD=***; retry")]
    [InlineData("""{"level":"error","password":"ge heim","user":"app"}""", """{"level":"error","password":***,"user":"app"}""")]
    [InlineData("""{"msg":"{\"api_key\":\"geheim\",\"n\":1}"}""", """{"msg":"{\"api_key\":***,\"n\":1}"}""")]
    [InlineData("AWS_SECRET_ACCESS_KEY: wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "AWS_SECRET_ACCESS_KEY: ***")]
    [InlineData("using AKIAIOSFODNN7EXAMPLE now", "using *** now")]
    [InlineData("Authorization: Bearer abcdef.ghijkl-mnop", "Authorization: *** ***")]
    [InlineData("sent bearer abcdefghijkl to x", "sent bearer *** to x")]
    [InlineData("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl end", "jwt *** end")]
    [InlineData("push with ghp_abcdefghijklmnopqrstuvwxyz0123", "push with ***")]
    [InlineData("-----BEGIN RSA PRIVATE KEY-----", "***")]
    [InlineData("MIIEpAIBAAKCAQEA0Z3VS5JJcds3xfn/ygWyF8PbnGy0AHB7MhgwMbRvI0MBZhpI", "***")]
    [InlineData("passwd='two words' and more", "passwd=*** and more")]
    public void A_secret_is_masked(string line, string masked) => Assert.Equal(masked, SecretText.Masked(line, 2_000));

    [Theory]
    [InlineData("Unhandled exception. System.InvalidOperationException: no table 'orders'")]
    [InlineData("GET https://example.com/a?b=c 500 in 12 ms")]
    [InlineData("the secret was not found")]
    [InlineData("at Shop.Api.Program.<Main>$(String[] args) in /src/Program.cs:line 12")]
    [InlineData("sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae")]
    [InlineData("")]
    public void Other_lines_are_left_as_they_are(string line) => Assert.Equal(line, SecretText.Masked(line, 2_000));

    [Fact]
    public void A_long_line_is_cut_behind_the_masking()
    {
        Assert.Equal(new string('x', 10) + "…", SecretText.Masked(new string('x', 100), 10));
        Assert.DoesNotContain("geheim", SecretText.Masked(new string('x', 1_990) + " password=geheim", 2_000), StringComparison.Ordinal);
    }

    // Goal: no line takes long. Method: lines that make patterns begin again and again.
    [Theory]
    [InlineData("password=")]
    [InlineData("eyJaaaaaaaa.")]
    [InlineData("a://")]
    [InlineData("\"")]
    [InlineData("Bearer Bearer ")]
    [InlineData("-----BEGIN ")]
    [InlineData("AKIA")]
    public void A_hostile_line_is_read_in_no_time(string part)
    {
        var line = string.Concat(Enumerable.Repeat(part, 1 + (100_000 / part.Length)));
        var began = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 20; i++) SecretText.Masked(line, 2_000);
        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(5));
    }
}
