using System.Text.RegularExpressions;
using Crowsnest.Host.Tests.Commands;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>Runs the guides to the templates as they are written, against a stand-in that makes stacks and delivers, and a real store.</summary>
[Trait("Category", "slow")]
public sealed partial class StackGuideTests
{
    // No containers here: an image is neither made nor run, and the commands for it are at least spelled.
    private const string NoContainers = "docker() { echo \"docker $*\" >> docker.log; }\n";

    [Fact]
    public async Task The_guide_to_workers_leads_from_nothing_to_a_verified_event()
    {
        using var at = new CrowsnestProcess();
        await using var standIn = await StandIn.StartAsync();
        await using var store = await StoreServer.StartAsync(at);
        var blocks = Blocks("workers.md");
        Assert.Equal(5, blocks.Length);
        Assert.Equal("crowsnest up\n", blocks[4]);

        // It has no Application Auto Scaling.
        await standIn.ShellAsync(at, NoContainers + blocks[0]
            + Here(blocks[1], ("https://search.example.com:9200", store.Url), ("MinWorkers=2 MaxWorkers=4", "MaxWorkers=1")));

        var config = await standIn.ShellAsync(at, blocks[3][..blocks[3].IndexOf("crowsnest search", StringComparison.Ordinal)] + "echo -n $CROWSNEST_CONFIG\n");
        Assert.Equal("ssm:/crowsnest/crowsnest.yaml", config);
        await using var worker = await RunningUp.StartAsync(at, [.. standIn.Environment, ("CROWSNEST_CONFIG", config)]);
        Assert.Contains("reads    sqs:crowsnest", worker.Started, StringComparison.Ordinal);
        var verified = await standIn.ShellAsync(at, blocks[2]);
        Assert.Equal(5, Ok().Count(verified));
        Assert.Contains("crowsnest-verify", await standIn.ShellAsync(at, blocks[3]), StringComparison.Ordinal);
        Assert.Equal(0, (await worker.StopAsync()).ExitCode);
    }

    private static string Here(string block, params (string Written, string Meant)[] places)
    {
        block = block.Replace("deploy/", Repository.PathOf("deploy") + "/", StringComparison.Ordinal);
        foreach (var (written, meant) in places)
        {
            Assert.Contains(written, block, StringComparison.Ordinal);
            block = block.Replace(written, meant, StringComparison.Ordinal);
        }

        return block;
    }

    private static string[] Blocks(string guide) => [.. ShellBlock().Matches(Repository.Read("docs", guide)).Select(m => m.Groups[1].Value)];

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    // One status a hop.
    [GeneratedRegex("\"status\": \"ok\"")]
    private static partial Regex Ok();
}
