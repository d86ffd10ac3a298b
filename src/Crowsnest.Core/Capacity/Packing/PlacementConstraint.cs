namespace Crowsnest.Core.Capacity.Packing;

/// <summary>A term of a placement constraint as data: an attribute of the instance, and values that it must have, or must not.</summary>
/// <remarks>
/// What ECS's cluster query language says with <c>==</c>, <c>!=</c>, <c>in</c>, <c>not_in</c> and <c>exists</c>.
/// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-query-language.html
/// </remarks>
/// <param name="Attribute">The attribute's name; <see cref="InstanceId"/> for the instance itself.</param>
/// <param name="Values">The values; none to ask whether the instance has the attribute at all.</param>
/// <param name="IsExcluding">It must have none of them.</param>
public sealed record PlacementConstraint(string Attribute, IReadOnlyList<string> Values, bool IsExcluding = false)
{
    /// <summary>Stands for the instance's id.</summary>
    public const string InstanceId = "ecs.instance-id";

    /// <summary>Stands for the instance's zone.</summary>
    public const string Zone = "ecs.availability-zone";

    /// <summary>Stands for the instance's type.</summary>
    public const string InstanceType = "ecs.instance-type";

    /// <summary>The instance satisfies it.</summary>
    public bool Allows(PackingInstance instance)
    {
        ArgumentNullException.ThrowIfNull(instance);
        var value = Attribute switch
        {
            InstanceId => instance.Id,
            Zone => instance.Zone,
            InstanceType => instance.Type,
            _ => instance.Attributes.GetValueOrDefault(Attribute),
        };
        var isFound = value is { Length: > 0 } && (Values.Count == 0 || Values.Contains(value, StringComparer.Ordinal));
        return isFound != IsExcluding;
    }

    /// <summary>In ECS's own words, as far as they go.</summary>
    public override string ToString() => Values.Count switch
    {
        0 => $"attribute:{Attribute} {(IsExcluding ? "!exists" : "exists")}",
        1 => $"attribute:{Attribute} {(IsExcluding ? "!=" : "==")} {Values[0]}",
        _ => $"attribute:{Attribute} {(IsExcluding ? "not_in" : "in")} [{string.Join(", ", Values)}]",
    };
}
