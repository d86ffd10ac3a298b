using Crowsnest.Bench;

switch (args)
{
    case ["decode", var file]:
        await DecodeBench.RunAsync(file);
        return 0;
    case ["decode", var file, var only]:
        await DecodeBench.RunAsync(file, only);
        return 0;
    case ["terms", var file]:
        TermsBench.Run(file);
        return 0;
    case ["match", var folder, var reference]:
        return MatchBench.Run(folder, reference);
    case ["fold", var file]:
        await FoldBench.RunAsync(file);
        return 0;
    case ["ingest", .. var rest]:
        return await IngestBench.RunAsync(rest);
    case ["queries", .. var rest]:
        return await QueriesBench.RunAsync(rest);
    case ["past", var folder]:
        return await PastBench.RunAsync(folder);
    case ["pack"]:
        return PackBench.Run(instances: 5_000, tasks: 100_000);
    case ["up"]:
        return await UpBench.StartsAsync(times: 10);
    case ["post", var file]:
        return await UpBench.PostsAsync(file, connections: 8, batch: 100);
    case ["post", var file, var connections]:
        return await UpBench.PostsAsync(file, int.Parse(connections, System.Globalization.CultureInfo.InvariantCulture), batch: 100);
    default:
        await Console.Error.WriteLineAsync(
            "bench decode FILE.ndjson [PATH] | bench terms FILE.ndjson | bench match FOLDER REFERENCE | bench fold FILE.ndjson | bench ingest FILE.ndjson [FOLDER] | bench queries FOLDER LIVE.ndjson FILE.ndjson… | bench past FOLDER | bench pack | bench up | bench post FILE.ndjson [CONNECTIONS] | bench page [SECONDS] | bench peers [ROUNDS] | bench ship FILE.ndjson [SERVER [EVENTS]]");
        return 2;
}
