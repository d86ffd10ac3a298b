using System.Buffers;
using System.Text.Json;

namespace Crowsnest.Simulator;

/// <summary>Three accounts in two regions, a cluster in each, and what runs there.</summary>
internal sealed class FleetBuilder(Timeline timeline, Chance chance)
{
    private static readonly (int Cpu, int Memory)[] Sizes = [(256, 512), (256, 1024), (512, 1024), (512, 2048), (1024, 2048)];

    private static readonly string[] Capabilities =
    [
        "logging-driver.awslogs", "logging-driver.json-file", "logging-driver.none", "docker-remote-api.1.24", "docker-remote-api.1.32", "docker-remote-api.1.44",
        "privileged-container", "ecr-auth", "task-iam-role", "task-iam-role-network-host",
    ];

    /// <summary>Production on instances, production on Fargate, staging, platform, data on Spot instances, and the edge on Fargate Spot.</summary>
    public Cluster[] Clusters()
    {
        var regions = chance.Pick(Catalogue.Regions);
        var names = chance.Pick(Catalogue.ClusterNames);
        var accounts = Enumerable.Range(0, 3).Select(_ => chance.Whole(1, 9) + (chance.Bits() % 100_000_000_000).ToString("d11", null)).ToArray();
        Ground[] grounds = [Ground.Ec2, Ground.Fargate, Ground.Fargate, Ground.Ec2, Ground.Ec2Spot, Ground.Fargate];
        return [.. Enumerable.Range(0, 6).Select(i => Cluster(accounts[i / 2], regions[i % 2], names[i], grounds[i]))];
    }

    /// <summary>The services of all clusters.</summary>
    public List<Workload> Services(Cluster[] clusters)
    {
        var web = chance.Shuffle(Catalogue.Web);
        var workers = chance.Shuffle(Catalogue.Workers);
        var all = new List<Workload>();
        foreach (var cluster in clusters[..2])
        {
            Add(cluster, "checkout", true, (512, 1024), 4);
            Add(cluster, "search-indexer", false, (256, 512), 2);
            foreach (var name in web.Take(8)) Add(cluster, name, true, chance.Pick(Sizes), chance.Whole(2, 5));
            foreach (var name in workers.Take(4)) Add(cluster, name, false, chance.Pick(Sizes), chance.Whole(1, 4));
        }

        Add(clusters[2], "checkout", true, (256, 512), 1);
        Add(clusters[2], "recommender", false, (256, 1024), 1);
        foreach (var name in web.Take(5)) Add(clusters[2], name, true, (256, 512), 1);
        foreach (var name in workers.Take(2)) Add(clusters[2], name, false, (256, 512), 1);
        foreach (var name in chance.Shuffle(Catalogue.Platform).Take(4)) Add(clusters[3], name, chance.Percent(50), chance.Pick(Sizes), chance.Whole(1, 3));
        foreach (var name in chance.Shuffle(Catalogue.Data).Take(5)) Add(clusters[4], name, false, chance.Pick(Sizes), chance.Whole(2, 5));
        foreach (var name in web.Skip(8).Take(5)) Add(clusters[5], name, true, (256, 512), chance.Whole(2, 4));
        return all;

        void Add(Cluster cluster, string name, bool isWeb, (int Cpu, int Memory) size, int desired)
        {
            var service = Make(cluster, name, isWeb, size, isService: true);
            service.Desired = desired;
            all.Add(service);
        }
    }

    /// <summary>A task definition that schedules or people run.</summary>
    public Workload Job(Cluster cluster, string name) => Make(cluster, name, isWeb: false, (256, 512), isService: false);

    /// <summary>How many instances hold these services with room to deploy; on Spot more than that, from a time when there was more to do.</summary>
    public static int InstancesFor(Cluster cluster, IEnumerable<Workload> services)
    {
        var (cpu, memory) = (0, 0);
        foreach (var s in services.Where(s => s.Cluster == cluster)) (cpu, memory) = (cpu + s.Cpu * s.Desired, memory + s.Memory * s.Desired);
        var needed = Math.Max(3, 1 + (int)Math.Ceiling(1.3 * Math.Max(cpu / 4096.0, memory / 15_712.0)));
        return cluster.Ground == Ground.Ec2Spot ? needed + 3 : needed;
    }

    /// <summary>An instance that registers now.</summary>
    public Instance Instance(Cluster cluster)
    {
        const int Cpu = 4096;
        const int Memory = 15_712;
        var id = chance.Hex(32);
        var zone = chance.Whole(0, 2);
        var (agent, hash) = chance.Pick(((string, string)[])[("1.89.2", "3f5b1a40"), ("1.91.0", "9c1e7d22"), ("1.97.1", "06a1c0be")]);
        return new Instance
        {
            Cluster = cluster,
            Id = id,
            Arn = cluster.ArnOf($"container-instance/{cluster.Name}/{id}"),
            Ec2Id = "i-0" + chance.Hex(16),
            Zone = cluster.Region + "abc"[zone],
            Cpu = Cpu,
            Memory = Memory,
            FreeCpu = Cpu,
            FreeMemory = Memory,
            Attributes = Attributes(cluster, zone),
            Registered = Json(json => InstanceEvents.WriteResources(json, Cpu, Memory, [])),
            AgentVersion = agent,
            AgentHash = hash,
            RegisteredAt = timeline.Now,
            Version = chance.Whole(0, 3) * 4,
            NextPort = chance.Whole(32_768, 60_000),
        };
    }

    private Cluster Cluster(string account, string region, string name, Ground ground) => new()
    {
        Account = account,
        Region = region,
        Name = name,
        Arn = $"arn:aws:ecs:{region}:{account}:cluster/{name}",
        Ground = ground,
        Subnets = [.. Enumerable.Range(0, 3).Select(_ => "subnet-0" + chance.Hex(16))],
        CapacityProvider = ground == Ground.Fargate ? "FARGATE" : name + (ground == Ground.Ec2Spot ? "-spot" : "-on-demand"),
    };

    private Workload Make(Cluster cluster, string name, bool isWeb, (int Cpu, int Memory) size, bool isService)
    {
        var isFargate = cluster.Ground == Ground.Fargate;
        var containers = new List<ContainerSpec> { new(name, "", "", isFargate ? "0" : size.Cpu.ToString(provider: null), isFargate ? null : size.Memory.ToString(provider: null)) };
        if (isService && chance.Percent(45))
        {
            var (side, image) = chance.Pick(Catalogue.Sidecars);
            containers.Add(new(side, image, "sha256:" + chance.Hex(64), "0", null));
        }

        if (isService && chance.Percent(12)) containers.Add(new("migrate", "", "", "0", null, IsInit: true));
        if (isService && isFargate && chance.Percent(25)) containers.Add(new("aws-guardduty-agent-" + chance.Hex(6), null, "sha256:" + chance.Hex(64), "null", null));
        return new Workload
        {
            Cluster = cluster,
            Name = name,
            ServiceArn = isService ? cluster.ArnOf($"service/{cluster.Name}/{name}") : null,
            Group = (isService ? "service:" : "family:") + name,
            CapacityProvider = isFargate && isService && chance.Percent(30) ? "FARGATE_SPOT" : cluster.CapacityProvider,
            HasNetworkInterface = isFargate || chance.Percent(25),
            TargetGroup = isWeb ? $"arn:aws:elasticloadbalancing:{cluster.Region}:{cluster.Account}:targetgroup/{name}/{chance.Hex(16)}" : null,
            Cpu = size.Cpu,
            Memory = size.Memory,
            Port = isWeb ? chance.Pick((int[])[80, 3000, 8080, 9000]) : 0,
            ExecuteCommand = chance.Percent(15),
            Containers = [.. containers],
            Revision = chance.Whole(3, 180),
        };
    }

    private byte[] Attributes(Cluster cluster, int zone) => Json(json =>
    {
        json.WriteStartArray();
        foreach (var capability in Capabilities)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, "com.amazonaws.ecs.capability." + capability);
            json.WriteEndObject();
        }

        json.WritePair("ecs.ami-id"u8, "ami-0" + chance.Hex(16));
        json.WritePair("ecs.availability-zone"u8, cluster.Region + "abc"[zone]);
        json.WritePair("ecs.instance-type"u8, "m6i.xlarge");
        json.WritePair("ecs.os-type"u8, "linux");
        json.WritePair("ecs.cpu-architecture"u8, "x86_64");
        json.WritePair("ecs.subnet-id"u8, cluster.Subnets[zone]);
        json.WriteEndArray();
    });

    private static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) write(json);
        return buffer.WrittenSpan.ToArray();
    }
}
