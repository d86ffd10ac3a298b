using Crowsnest.Host.Tests.Commands;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>A configuration, and its secrets, that are kept in AWS.</summary>
[Trait("Category", "slow")]
public sealed class KeptConfigTests
{
    [Fact]
    public async Task The_configuration_and_its_secrets_may_be_kept_in_AWS()
    {
        using var at = new CrowsnestProcess();
        await using var standIn = await StandIn.StartAsync();
        at.Write("kept.yaml", """
            verify: {nonce: 'secretsmanager:crowsnest/verify#nonce'}
            receivers: [{name: ops, webhook_configs: [{url: 'https://hooks.example.com', hmac_key: 'ssm:/crowsnest/hook'}]}]
            route: {receiver: ops}
            """);
        at.Write("wrong.yaml", "verify: {sorce: x}\nreceivers:\n  - name: ops\n    webhook_configs: [{url: 'https://hooks.example.com', hmac_key: 'ssm:/crowsnest/none'}]\nroute: {receiver: ops}\n");
        await standIn.ShellAsync(at, """
            aws ssm put-parameter --name /crowsnest/hook --type SecureString --value s3cret
            aws secretsmanager create-secret --name crowsnest/verify --secret-string '{"nonce": "0123456789abcdef"}'
            aws ssm put-parameter --name /crowsnest/config --type String --value file://kept.yaml
            aws s3api create-bucket --bucket kept --create-bucket-configuration LocationConstraint=eu-west-1
            aws s3api put-object --bucket kept --key prod/crowsnest.yaml --body kept.yaml
            aws s3api put-object --bucket kept --key wrong.yaml --body wrong.yaml
            """);

        foreach (var place in (string[])["kept.yaml", "ssm:/crowsnest/config", "s3://kept/prod/crowsnest.yaml"])
        {
            var good = await at.RunAsync(["rules", "check", place], null, standIn.Environment);
            Assert.True(good.ExitCode == 0, place + good.Error);
            Assert.DoesNotContain("s3cret", good.Out + good.Error, StringComparison.Ordinal);
        }

        var wrong = await at.RunAsync(["rules", "check", "s3://kept/wrong.yaml"], null, standIn.Environment);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("s3://kept/wrong.yaml:1:10: verify.sorce: unknown key 'sorce'", wrong.Error, StringComparison.Ordinal);
        Assert.Matches(@"s3://kept/wrong\.yaml:4:\d+: receivers\[0\]\.webhook_configs\[0\]\.hmac_key: cannot read ssm:/crowsnest/none: ParameterNotFound", wrong.Error);

        var missing = await at.RunAsync(["up", "--config", "s3://kept/none.yaml"], null, standIn.Environment);
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("s3://kept/none.yaml: cannot be read: NoSuchKey", missing.Error, StringComparison.Ordinal);
    }
}
