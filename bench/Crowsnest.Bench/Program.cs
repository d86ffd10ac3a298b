using Crowsnest.Bench;

switch (args)
{
    case ["decode", var file]:
        DecodeBench.Run(file);
        return 0;
    default:
        Console.Error.WriteLine("bench decode FILE.ndjson");
        return 2;
}
