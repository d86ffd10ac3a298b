namespace Crowsnest.Core.Incidents.Templates;

/// <summary>Tells by another medium, in the words of a template.</summary>
public sealed class TemplatedNotifier : INotifier, IDisposable
{
    private readonly INotifier _inner;
    private readonly MessageTemplate _template;
    private readonly MessageLinks _links;

    private TemplatedNotifier(INotifier inner, MessageTemplate template, MessageLinks links) => (_inner, _template, _links) = (inner, template, links);

    /// <summary>A medium in the words of a template, which can change its messages if it could before. Whoever disposes it disposes the medium.</summary>
    /// <param name="inner">The medium.</param>
    /// <param name="template">The template.</param>
    /// <param name="links">Where messages lead.</param>
    public static INotifier Of(INotifier inner, MessageTemplate template, MessageLinks links)
    {
#pragma warning disable CA2000 // Whoever asked disposes it.
        var notifier = new TemplatedNotifier(inner, template, links);
#pragma warning restore CA2000
        return inner is IEditingNotifier editing ? new Editing(notifier, editing) : notifier;
    }

    /// <inheritdoc/>
    public string Kind => _inner.Kind;

    /// <inheritdoc/>
    public bool MayJoin => _inner.MayJoin;

    /// <inheritdoc/>
    public ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken) => _inner.SendAsync(Worded(notification), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => (_inner as IDisposable)?.Dispose();

    private Notification Worded(Notification notification)
    {
        try
        {
            return _template.Apply(notification, _links);
        }
#pragma warning disable CA1031 // Nothing that goes wrong with words is worth a message: it is told in ours.
        catch (Exception)
#pragma warning restore CA1031
        {
            return notification;
        }
    }

    private sealed class Editing(TemplatedNotifier worded, IEditingNotifier inner) : IEditingNotifier, IDisposable
    {
        public string Kind => worded.Kind;

        public bool MayJoin => worded.MayJoin;

        public ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken) => worded.SendAsync(notification, cancellationToken);

        public ValueTask<Delivery> EditAsync(Notification notification, string reference, CancellationToken cancellationToken) => inner.EditAsync(worded.Worded(notification), reference, cancellationToken);

        public void Dispose() => worded.Dispose();
    }
}
