using Crowsnest.Bench;

switch (args)
{
    case ["decode", var file]:
        DecodeBench.Run(file);
        return 0;
    case ["terms", var file]:
        TermsBench.Run(file);
        return 0;
    case ["ingest", .. var rest]:
        return await IngestBench.RunAsync(rest);
    case ["queries", .. var rest]:
        return await QueriesBench.RunAsync(rest);
    default:
        await Console.Error.WriteLineAsync("bench decode FILE.ndjson | bench terms FILE.ndjson | bench ingest FILE.ndjson [FOLDER] | bench queries FOLDER LIVE.ndjson FILE.ndjson…");
        return 2;
}
