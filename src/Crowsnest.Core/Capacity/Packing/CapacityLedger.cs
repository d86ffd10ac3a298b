namespace Crowsnest.Core.Capacity.Packing;

/// <summary>The sums that a loss needs, kept while instances are emptied: what is below them is not worth trying.</summary>
/// <remarks>Necessary and not enough: <see cref="LossCheck"/> decides.</remarks>
internal sealed class CapacityLedger
{
    private readonly PackingModel _model;
    private readonly long[] _demand = new long[Amounts.Kinds];
    private readonly long[] _all = new long[Amounts.Kinds];
    private readonly long[][] _byZone;

    // Of all instances: most often there is more left than that, and nobody needs to look for the largest that is open.
    private readonly int[] _largest;

    public CapacityLedger(PackingModel model, PackingState state)
    {
        _model = model;
        _byZone = [.. model.Zones.Select(_ => new long[Amounts.Kinds])];
        for (var task = 0; task < model.RoomFrom; task++)
        {
            if (model.IsFixed[task]) continue;
            for (var k = 0; k < Amounts.Kinds; k++) _demand[k] += model.Size[model.Workload[task]].Of(k);
        }

        _largest = [.. Enumerable.Range(0, Amounts.Kinds).Select(k => model.Capacity.Select(c => c.Of(k)).DefaultIfEmpty().Max())];
        foreach (var i in state.OpenOnes) Add(i, 1);
    }

    /// <summary>Without it the sums still suffice for the losses that there must be room for.</summary>
    public bool CanSpare(PackingState state, int instance)
    {
        var room = _model.Problem.Room;
        for (var k = 0; k < Amounts.Kinds; k++)
        {
            if (_demand[k] == 0) continue;
            var left = _all[k] - _model.Capacity[instance].Of(k);
            if (room.ForZoneLoss)
            {
                for (var z = 0; z < _byZone.Length; z++)
                {
                    var inZone = _byZone[z][k] - (_model.Zone[instance] == z ? _model.Capacity[instance].Of(k) : 0);
                    if (left - inZone < _demand[k]) return false;
                }
            }

            if (room.ForInstanceLoss && left - _demand[k] < _largest[k] && left - _demand[k] < Largest(state, instance, k)) return false;
        }

        return true;
    }

    /// <summary>It is not there any more.</summary>
    public void Spare(int instance) => Add(instance, -1);

    private int Largest(PackingState state, int but, int kind)
    {
        var largest = 0;
        foreach (var i in state.OpenOnes)
        {
            if (i != but) largest = Math.Max(largest, _model.Capacity[i].Of(kind));
        }

        return largest;
    }

    private void Add(int instance, int sign)
    {
        for (var k = 0; k < Amounts.Kinds; k++)
        {
            _all[k] += sign * (long)_model.Capacity[instance].Of(k);
            _byZone[_model.Zone[instance]][k] += sign * (long)_model.Capacity[instance].Of(k);
        }
    }
}
