using System.IO.Hashing;
using System.Numerics;

namespace Crowsnest.OpenSearch.Events;

/// <summary>The values of one event that were met already. Emptied for each event without being cleared: an entry counts while its generation does.</summary>
internal sealed class SeenValues
{
    private Slot[] _slots = new Slot[512];
    private int _count;
    private uint _generation = 1;

    /// <summary>Whether the field's value is new. Values are told apart by 64 bits of hash: of an event with 200 values two are taken for one once in 10^15.</summary>
    public bool Add(int field, ReadOnlySpan<byte> value)
    {
        // Not the field as the hash's seed: of values of up to three bytes, some of one field would then be taken for others of the next.
        var hash = XxHash3.HashToUInt64(value) ^ ((ulong)(uint)field * 0x9E37_79B9_7F4A_7C15);
        var mask = _slots.Length - 1;
        var at = (int)hash & mask;
        for (; _slots[at].Generation == _generation; at = (at + 1) & mask)
        {
            if (_slots[at].Hash == hash) return false;
        }

        _slots[at] = new Slot(hash, _generation);
        if (++_count > _slots.Length / 2) Grow();
        return true;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _count = 0;
        if (++_generation != 0) return;
        Array.Clear(_slots);
        _generation = 1;
    }

    private void Grow()
    {
        var before = _slots;
        _slots = new Slot[BitOperations.RoundUpToPowerOf2((uint)before.Length * 2)];
        foreach (var slot in before)
        {
            if (slot.Generation != _generation) continue;
            var at = (int)slot.Hash & (_slots.Length - 1);
            while (_slots[at].Generation == _generation) at = (at + 1) & (_slots.Length - 1);
            _slots[at] = slot;
        }
    }

    private readonly record struct Slot(ulong Hash, uint Generation);
}
