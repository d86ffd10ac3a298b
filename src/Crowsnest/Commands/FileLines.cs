using System.Globalization;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Commands;

/// <summary>What came of each file of a folder, said at the end; files that somebody named need no such list.</summary>
internal sealed class FileLines(CommandHost host, InputFiles input)
{
    // An export to S3 can be thousands of files: those with something in quarantine are always said.
    private const int LinesMax = 50;

    private readonly List<(string File, Accounting Accounting)> _files = [];

    /// <summary>A file was read, between these two sums.</summary>
    public void Add(string file, Accounting before, Accounting after) => _files.Add((file, new Accounting(
        after.Received - before.Received, after.Stored - before.Stored, after.Duplicates - before.Duplicates, after.Quarantined - before.Quarantined, 0, 0)));

    /// <summary>Says it on stderr.</summary>
    public async Task WriteAsync()
    {
        if (!input.HasFolder) return;
        var said = _files.Where((f, i) => i < LinesMax || f.Accounting.Quarantined > 0).ToList();
        foreach (var (file, sums) in said)
        {
            await host.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"crowsnest: {SafeText.Of(file)}: {sums.Received} received, {sums.Stored} stored, {sums.Duplicates} duplicates, {sums.Quarantined} quarantined"));
        }

        if (_files.Count > said.Count) await host.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"crowsnest: and {_files.Count - said.Count} more files, with nothing quarantined"));
        foreach (var file in input.Skipped.Take(LinesMax)) await host.Error.WriteLineAsync($"crowsnest: {SafeText.Of(file)}: left out, its beginning is no JSON; name it to have it read");
        if (input.Skipped.Count > LinesMax) await host.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"crowsnest: and {input.Skipped.Count - LinesMax} more files left out"));
    }
}
