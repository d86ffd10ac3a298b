namespace Crowsnest.Core.Patterns;

/// <summary>How many events will pass a field, guessed from the rules: what many of them ask for is common, and what few ask for at a path that many use is rare.</summary>
/// <remarks>A guess costs time when it is wrong, and never a verdict.</remarks>
internal sealed class FieldRarity(IReadOnlyList<CompiledField> fields, IEnumerable<int[]> branches)
{
    // A path that few rules use says little about how its values are spread.
    private const double Doubt = 8;

    /// <summary>By field, a share of the events: 0 for none, 1 for all.</summary>
    public double[] Costs()
    {
        var (paths, tests) = (new Dictionary<int, int>(), new Dictionary<(int, ValueTest), int>());
        foreach (var number in branches.SelectMany(b => b))
        {
            var field = fields[number];
            paths[field.Path] = paths.GetValueOrDefault(field.Path) + 1;
            foreach (var test in field.Tests) tests[(field.Path, test)] = tests.GetValueOrDefault((field.Path, test)) + 1;
        }

        return [.. fields.Select(f => Math.Min(1, f.Tests.Sum(t => Share(t, tests[(f.Path, t)] / (paths[f.Path] + Doubt)))))];
    }

    // The share of rules that ask for it, corrected by how much a test of its kind takes in.
    private static double Share(ValueTest test, double asked) => test switch
    {
        ValueTest.Text => asked,
        ValueTest.IgnoreCase { Part: TextPart.Whole } => 1.5 * asked,
        ValueTest.Ip => Math.Max(0.001, asked),
        ValueTest.Prefix or ValueTest.Suffix or ValueTest.IgnoreCase => Math.Max(0.002, 3 * asked),
        ValueTest.Range { Low: var low, High: var high } => low < high ? 0.6 : Math.Max(0.02, asked),
        ValueTest.Wildcard => Math.Max(0.02, 4 * asked),
        ValueTest.Raw => Math.Max(0.3, asked),
        _ => 0.95,
    };
}
