namespace Crowsnest.Core.Cluster;

/// <summary>Which cluster: names are a cluster's own only within an account and a region. An event that names none is of the cluster without a name.</summary>
public readonly record struct ClusterName(string Account, string Region, string Name) : IComparable<ClusterName>
{
    /// <summary>By name, as people look for it.</summary>
    public int CompareTo(ClusterName other)
    {
        var byName = string.CompareOrdinal(Name, other.Name);
        if (byName != 0) return byName;
        var byAccount = string.CompareOrdinal(Account, other.Account);
        return byAccount != 0 ? byAccount : string.CompareOrdinal(Region, other.Region);
    }

    /// <summary><c>account:region:name</c>.</summary>
    public override string ToString() => Account + ":" + Region + ":" + Name;

    internal static ClusterName Of(ResourceName name) => new(name.Account, name.Region, name.Cluster);
}
