using Crowsnest.Core.Incidents.Templates;
using Crowsnest.Core.Search;

namespace Crowsnest.Configuration;

/// <summary>Reads <c>templates</c>, and the words of an integration: <c>template</c> names one of them, <c>title</c> and <c>text</c> are its own.</summary>
internal sealed class MessageTemplates
{
    private readonly Dictionary<string, MessageTemplate> _named = new(StringComparer.Ordinal);

    /// <summary>Reads the named ones.</summary>
    public static MessageTemplates Parse(YamlSection root)
    {
        var templates = new MessageTemplates();
        foreach (var section in root.Sections("templates"))
        {
            var name = section.Text("name", required: true);
            var template = new MessageTemplate(Read(section, "title"), Read(section, "text"));
            if (!section.Has("title") && !section.Has("text")) section.Mistake("name", "give title, text, or both");
            if (name is not null && !templates._named.TryAdd(name, template)) section.Mistake("name", $"two templates are named '{name}'");
            section.Done();
        }

        return templates;
    }

    /// <summary>The words of an integration; <see langword="null"/>: as always. What it says itself goes before what the named one says.</summary>
    public MessageTemplate? Of(YamlSection section)
    {
        MessageTemplate? named = null;
        if (section.Text("template") is { } name && !_named.TryGetValue(name, out named))
            section.Mistake("template", $"no template is named '{name}'{Spelling.Hint(name, _named.Keys)}{(_named.Count > 0 ? $" (known: {string.Join(", ", _named.Keys)})" : "; templates has none")}");
        var (title, text) = (Read(section, "title") ?? named?.Title, Read(section, "text") ?? named?.Text);
        return title is null && text is null ? null : new MessageTemplate(title, text);
    }

    private static Template? Read(YamlSection section, string key)
    {
        if (section.Text(key) is not { } source) return null;
        try
        {
            return Template.Parse(source);
        }
        catch (TemplateException e)
        {
            section.Mistake(key, e.Message);
            return null;
        }
    }
}
