using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Crowsnest.Aws.DynamoDb;

/// <summary>A condition on an item as it is, with its values; names of attributes stand in it as <c>#name</c>.</summary>
/// <param name="Expression">The condition, e.g. <c>#rev = :rev</c>.</param>
/// <param name="Values">Writes the values, or nothing.</param>
internal sealed record Condition(string Expression, Action<ItemWriter>? Values = null)
{
    /// <summary>There is no such item.</summary>
    public static Condition Absent { get; } = new($"attribute_not_exists(#{TableNames.Partition})");
}

/// <summary>One write, alone or as a part of a transaction: its kind, and the members of the request without the table's name.</summary>
internal sealed partial class TableWrite
{
    private static readonly JsonWriterOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private TableWrite(string kind, ReadOnlyMemory<byte> members) => (Kind, Members) = (kind, members);

    /// <summary><c>Put</c>, <c>Update</c>, <c>Delete</c> or <c>ConditionCheck</c>.</summary>
    public string Kind { get; }

    /// <summary>The members of the request, as a JSON object.</summary>
    public ReadOnlyMemory<byte> Members { get; }

    /// <summary>Writes an item whole.</summary>
    public static TableWrite Put(ItemKey key, Action<ItemWriter> attributes, Condition? condition = null) => Make("Put", json =>
    {
        json.WriteStartObject("Item");
        attributes(new ItemWriter(json).Add(key));
        json.WriteEndObject();
        Write(json, "", condition);
    });

    /// <summary>Changes some attributes of an item, which need not be there.</summary>
    /// <param name="key">Which.</param>
    /// <param name="expression">What changes; names as <c>#name</c>.</param>
    /// <param name="values">The values in it.</param>
    /// <param name="condition">Under which condition.</param>
    public static TableWrite Update(ItemKey key, string expression, Action<ItemWriter> values, Condition? condition = null) => Make("Update", json =>
    {
        WriteKey(json, key);
        json.WriteString("UpdateExpression", expression);
        Write(json, expression, condition, values);
    });

    /// <summary>Deletes an item, if it is there.</summary>
    public static TableWrite Delete(ItemKey key, Condition? condition = null) => Make("Delete", json =>
    {
        WriteKey(json, key);
        Write(json, "", condition);
    });

    /// <summary>Writes nothing; the transaction holds only if the condition does.</summary>
    public static TableWrite Check(ItemKey key, Condition condition) => Make("ConditionCheck", json =>
    {
        WriteKey(json, key);
        Write(json, "", condition);
    });

    /// <summary>What <see cref="Kind"/> and <see cref="Members"/> were.</summary>
    public static TableWrite Read(string kind, ReadOnlyMemory<byte> members) => new(kind, members);

    /// <summary>Names and values of a request with expressions.</summary>
    public static void WriteNames(Utf8JsonWriter json, string expressions, Action<ItemWriter>? values)
    {
        var names = Names().Matches(expressions).Select(match => match.Value).Distinct(StringComparer.Ordinal).ToList();
        if (names.Count > 0)
        {
            json.WriteStartObject("ExpressionAttributeNames");
            foreach (var name in names) json.WriteString(name, name.AsSpan(1));
            json.WriteEndObject();
        }

        if (values is null) return;
        json.WriteStartObject("ExpressionAttributeValues");
        values(new ItemWriter(json));
        json.WriteEndObject();
    }

    /// <summary>The member <c>Key</c>.</summary>
    public static void WriteKey(Utf8JsonWriter json, ItemKey key)
    {
        json.WriteStartObject("Key");
        new ItemWriter(json).Add(key);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string expression, Condition? condition, Action<ItemWriter>? values = null)
    {
        if (condition is not null) json.WriteString("ConditionExpression", condition.Expression);
        Action<ItemWriter>? all = values is null && condition?.Values is null ? null : writer =>
        {
            values?.Invoke(writer);
            condition?.Values?.Invoke(writer);
        };
        WriteNames(json, expression + " " + condition?.Expression, all);
    }

    private static TableWrite Make(string kind, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Relaxed))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return new TableWrite(kind, buffer.WrittenMemory);
    }

    [GeneratedRegex("#[A-Za-z0-9_]+", RegexOptions.CultureInvariant)]
    private static partial Regex Names();

    /// <inheritdoc/>
    public override string ToString() => Kind + Encoding.UTF8.GetString(Members.Span);
}
