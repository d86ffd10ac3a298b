using System.Text.RegularExpressions;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>The module for Terraform, which is not here to check it: it deploys the templates as they are, so what can be wrong are its names.</summary>
public sealed partial class TerraformTests
{
    private static readonly string Module = string.Concat(Files("*.tf").Select(File.ReadAllText));

    [Fact]
    public void Each_variable_and_each_resource_that_is_used_is_there_and_the_other_way_round()
    {
        Assert.Equal(Declared().Matches(Module).Select(m => m.Groups[1].Value).Order(StringComparer.Ordinal), Used().Matches(Module).Select(m => m.Groups[1].Value).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(Resources().Matches(Module).Select(m => $"{m.Groups[1]}.{m.Groups[2]}").Order(StringComparer.Ordinal), References().Matches(Module).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(Module.Count(c => c == '{'), Module.Count(c => c == '}'));
    }

    [Fact]
    public void It_deploys_each_template_and_gives_it_parameters_that_it_has()
    {
        var templates = Names().Match(Module).Groups[1].Value.Split(", ").Select(t => t.Trim('"')).ToList();
        Assert.Equal(Directory.GetFiles(Repository.PathOf("deploy", "cloudformation"), "*.yaml").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal), templates.Order(StringComparer.Ordinal));
        Assert.All(["CodeBucket", "CodeKey"], p => Assert.True(CloudFormationTemplate.Of("crowsnest.yaml").Parameters.ContainsKey(p) && Module.Contains($"{p} = ", StringComparison.Ordinal), p));

        var readme = Repository.Read("deploy", "terraform", "README.md");
        var written = Given().Matches(readme).Select(m => m.Groups[1].Value).ToList();
        Assert.Equal(["Email", "StorePrincipals", "HubBusArn"], written);
        var known = templates.SelectMany(t => CloudFormationTemplate.Of($"{t}.yaml").Parameters.Select(p => p.Key)).ToHashSet(StringComparer.Ordinal);
        Assert.All(written, p => Assert.Contains(p, known));
        Assert.True(CloudFormationTemplate.Of("crowsnest.yaml").Outputs.ContainsKey("HubBusArn"));
    }

    private static string[] Files(string pattern) => Directory.GetFiles(Repository.PathOf("deploy", "terraform"), pattern);

    [GeneratedRegex("""^variable "(\w+)" \{""", RegexOptions.Multiline)]
    private static partial Regex Declared();

    [GeneratedRegex(@"\bvar\.(\w+)")]
    private static partial Regex Used();

    [GeneratedRegex("""^resource "(\w+)" "(\w+)" \{""", RegexOptions.Multiline)]
    private static partial Regex Resources();

    [GeneratedRegex(@"\baws_\w+\.\w+")]
    private static partial Regex References();

    [GeneratedRegex(@"contains\(\[([^\]]+)\]")]
    private static partial Regex Names();

    [GeneratedRegex(@"\b([A-Z]\w+) += ")]
    private static partial Regex Given();
}
