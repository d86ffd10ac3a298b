using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Events;

/// <summary>Events of our own after the real shapes, one a kind and quirk; beside each what is read out of it and what it means.</summary>
public class GoldenEventsTests
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Golden.Folder("events"), "*.json").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal).OfType<string>()];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Reads_and_means_what_is_written_beside_it(string name)
    {
        var path = Path.Combine(Golden.Folder("events"), name);
        var bytes = await File.ReadAllBytesAsync(path + ".json", TestContext.Current.CancellationToken);
        var read = Assert.IsType<Decoded.Ok>(Assert.Single(await Streams.ReadAsync(bytes))).Event;

        Golden.Equal(path + ".txt", Render(read));
    }

    // Goal: all kinds that we say we read are among these files.
    [Fact]
    public void Every_kind_has_a_file()
    {
        var decoder = new EventDecoder();
        var kinds = Directory.EnumerateFiles(Golden.Folder("events"), "*.json").Select(file => ((Decoded.Ok)decoder.Decode(File.ReadAllBytes(file), Samples.Now)).Event.Kind);

        Assert.Equal(Enum.GetValues<EventKind>().Order(), kinds.Distinct().Order());
    }

    private static string Render(EcsEvent read)
    {
        var text = new StringBuilder();
        foreach (var property in typeof(EcsEvent).GetProperties())
        {
            if (property.Name is nameof(EcsEvent.Raw) or nameof(EcsEvent.Tags) or nameof(EcsEvent.ReceivedAt) or nameof(EcsEvent.Detail) || (property.Name == nameof(EcsEvent.OccurredAt) && read.TimeUncertain)) continue;
            Line(text, property.Name, property.GetValue(read));
        }

        text.Append(read.Detail.GetType().Name).Append('\n');
        foreach (var property in read.Detail.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(p => p.Name, StringComparer.Ordinal))
            Line(text, "  " + property.Name, property.GetValue(read.Detail));

        var diagnosis = new EventDiagnoser().Diagnose(read);
        text.Append("Diagnosis: ").AppendJoin(' ', ((IEnumerable<object>)[diagnosis.Kind, diagnosis.Outcome, diagnosis.Severity]).Where(word => word is not "")).Append('\n');
        Line(text, "  Summary", diagnosis.Summary);
        Line(text, "  Evidence", diagnosis.Evidence);
        Line(text, "  NextStep", diagnosis.NextStep);
        if (diagnosis.Cause.GroupsByInstance) Line(text, "  GroupsByInstance", true);
        return text.ToString();
    }

    private static void Line(StringBuilder text, string name, object? value)
    {
        var said = value switch
        {
            null or "" or false => "",
            EventTime time => time.ToDateTimeOffset()?.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) ?? "",
            DateTimeOffset time => time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            string word => word,
            IEnumerable list => string.Concat(list.Cast<object>().Select(item => $"\n{new string(' ', name.Length - name.TrimStart().Length)}  - {item}")),
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
        if (said.Length > 0) text.Append(CultureInfo.InvariantCulture, $"{name}:{(said[0] == '\n' ? "" : " ")}{said.Replace("\0", "\\0", StringComparison.Ordinal)}\n");
    }
}
