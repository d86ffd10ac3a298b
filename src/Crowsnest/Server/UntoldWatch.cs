namespace Crowsnest.Server;

/// <summary>Says how many more failures were not told, or messages not delivered, once for all that come together: a backlog of old events is one line and not one a second.</summary>
internal sealed class UntoldWatch
{
    // Whoever feeds old events without a pause hears of it once a minute.
    private const int LooksMax = 60;

    private long _said;
    private long _seen;
    private int _looks;

    /// <summary>Looks, once a second, at how many there are in all; answers how many are to be spoken of now, or 0.</summary>
    public long Look(long count)
    {
        var isRising = count > _seen;
        _seen = count;
        _looks = count > _said ? _looks + 1 : 0;
        if (count == _said || (isRising && _looks < LooksMax)) return 0;
        var more = count - _said;
        (_said, _looks) = (count, 0);
        return more;
    }
}
