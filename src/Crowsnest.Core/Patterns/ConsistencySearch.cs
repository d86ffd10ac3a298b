namespace Crowsnest.Core.Patterns;

/// <summary>
/// Whether a branch's fields can be matched by values that agree on the element of every array that they share.
/// </summary>
/// <remarks>
/// Fields are taken in the order of their paths, and a field that may be absent is, when no value of it agrees with the elements chosen so far: the order matters, and is event-ruler's. Of a field's
/// values only those within the chosen elements are looked at; and once a search is long, what failed with the same choices for the fields to come is not tried again, so that arrays that
/// have nothing to do with each other add up and do not multiply. What still multiplies is one name many times in one object; there the steps are bounded, for each branch by itself: a rule's verdict does not depend on others.
/// </remarks>
internal sealed class ConsistencySearch
{
    /// <summary>Values looked at for one branch, at most, beyond those that it has.</summary>
    public const long StepsMax = 1_000_000;

    // Up to here remembering costs more than trying again.
    private const long StepsUnremembered = 256;

    private readonly HashSet<(int Level, UInt128 Choices)> _failed = [];
    private Level[] _levels = new Level[8];
    private int[] _values = new int[64];
    private bool[] _takes = new bool[64];
    private int[] _chosen = [];
    private int[] _lastLevels = [];
    private int[] _trail = [];
    private int _trailLength;
    private int _levelCount;
    private long _rememberFrom;
    private long _giveUpAt;

    /// <summary>Values looked at for this event.</summary>
    public long Steps { get; private set; }

    /// <summary>Whether a search was given up for this event.</summary>
    public bool IsCutShort { get; private set; }

    /// <summary>A new event begins.</summary>
    public void Begin() => (Steps, IsCutShort) = (0, false);

    /// <summary>Whether there is a way through the fields, which are in the order of their paths.</summary>
    public bool Run(in MatchRun run, ReadOnlySpan<int> fields)
    {
        if (!Prepare(run, fields)) return false;
        _failed.Clear();
        (_rememberFrom, _giveUpAt) = (Steps + StepsUnremembered, Steps + StepsMax);
        var isFound = Descend(run.Memory, 0);
        Undo(0);
        return isFound;
    }

    private bool Descend(MatchMemory memory, int number)
    {
        if (number == _levelCount) return true;
        if (Steps > _giveUpAt)
        {
            IsCutShort = true;
            return false;
        }

        var choices = UInt128.Zero;
        var isRemembering = Steps > _rememberFrom;
        if (isRemembering)
        {
            choices = Choices(number);
            if (_failed.Contains((number, choices))) return false;
        }

        ref var level = ref _levels[number];
        var (first, end) = Narrow(memory, level);
        var isAbsent = level.MayBeAbsent;
        for (var i = first; i < end; i++)
        {
            Steps++;
            if (!_takes[i] && !isAbsent) continue;
            if (!Agrees(memory, memory.Values[_values[i]].Element)) continue;
            isAbsent = false;
            if (!_takes[i]) continue;
            var mark = _trailLength;
            Choose(memory, memory.Values[_values[i]].Element);
            if (Descend(memory, number + 1)) return true;
            Undo(mark);
        }

        if (isAbsent && Descend(memory, number + 1)) return true;
        if (isRemembering) _failed.Add((number, choices));
        return false;
    }

    // The fields with values in elements; the others agree with anything.
    private bool Prepare(in MatchRun run, ReadOnlySpan<int> fields)
    {
        var memory = run.Memory;
        if (_chosen.Length < memory.ArrayCount)
        {
            (_chosen, _lastLevels, _trail) = (new int[memory.ArrayCount * 2], new int[memory.ArrayCount * 2], new int[memory.ArrayCount * 2]);
            _chosen.AsSpan().Fill(-1);
        }

        (_levelCount, _trailLength) = (0, 0);
        var next = 0;
        foreach (var number in fields)
        {
            var field = run.Matcher.Fields[number];
            ref var path = ref memory.Paths[field.Path];
            if (path.Match != memory.Match || !path.IsNested) continue;
            if (_levelCount == _levels.Length) Array.Resize(ref _levels, 2 * _levels.Length);
            var (first, depthMin, canPass) = (next, int.MaxValue, field.MayBeAbsent);
            for (var i = path.First; i >= 0; i = memory.Values[i].Next)
            {
                // A value that does not pass matters only to a field that may be absent.
                ref var value = ref memory.Values[i];
                var takes = field.Takes(run.LeafOf(value));
                Steps++;
                if (!takes && !field.MayBeAbsent) continue;
                canPass = true;
                if (next == _values.Length)
                {
                    Array.Resize(ref _values, 2 * next);
                    Array.Resize(ref _takes, 2 * next);
                }

                (_values[next], _takes[next]) = (i, takes);
                next++;
                depthMin = Math.Min(depthMin, value.Element < 0 ? 0 : memory.Elements[value.Element].Depth + 1);
                for (var e = value.Element; e >= 0; e = memory.Elements[e].Parent) _lastLevels[memory.Elements[e].Array] = _levelCount;
            }

            if (!canPass) return false;
            _levels[_levelCount++] = new Level(first, next, depthMin, field.MayBeAbsent);
        }

        return true;
    }

    // Values are in the order of the event, and so are elements: those within a chosen element stand together.
    private (int First, int End) Narrow(MatchMemory memory, in Level level)
    {
        var (first, end) = (level.First, level.End);
        for (var depth = 0; depth < level.DepthMin && first < end; depth++)
        {
            var array = memory.Elements[AncestorAt(memory, first, depth)].Array;
            if (array != memory.Elements[AncestorAt(memory, end - 1, depth)].Array || _chosen[array] is var chosen && chosen < 0) break;
            var bound = end;
            first = LowerBound(memory, first, bound, depth, chosen);
            end = LowerBound(memory, first, bound, depth, chosen + 1);
        }

        return (first, end);
    }

    private int LowerBound(MatchMemory memory, int low, int high, int depth, int element)
    {
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (AncestorAt(memory, middle, depth) < element) low = middle + 1;
            else high = middle;
        }

        return low;
    }

    private int AncestorAt(MatchMemory memory, int index, int depth)
    {
        var element = memory.Values[_values[index]].Element;
        while (memory.Elements[element].Depth > depth) element = memory.Elements[element].Parent;
        return element;
    }

    private bool Agrees(MatchMemory memory, int element)
    {
        for (; element >= 0; element = memory.Elements[element].Parent)
        {
            var chosen = _chosen[memory.Elements[element].Array];
            if (chosen >= 0 && chosen != element) return false;
        }

        return true;
    }

    private void Choose(MatchMemory memory, int element)
    {
        for (; element >= 0; element = memory.Elements[element].Parent)
        {
            var array = memory.Elements[element].Array;
            if (_chosen[array] >= 0) continue;
            _chosen[array] = element;
            _trail[_trailLength++] = array;
        }
    }

    private void Undo(int mark)
    {
        while (_trailLength > mark) _chosen[_trail[--_trailLength]] = -1;
    }

    // The choices that the fields from a level on can tell, as a sum of well mixed numbers: equal for the same choices, whatever their order, and by all odds for no others.
    private UInt128 Choices(int level)
    {
        var sum = UInt128.Zero;
        for (var i = 0; i < _trailLength; i++)
        {
            if (_lastLevels[_trail[i]] >= level) sum += Mixed((ulong)_chosen[_trail[i]] + 1);
        }

        return sum;
    }

    // splitmix64's finisher (Steele, Lea and Flood, 2014), twice.
    private static UInt128 Mixed(ulong number) => new(Finish(number * 0x9E37_79B9_7F4A_7C15), Finish((number * 0xD1B5_4A32_D192_ED03) + 1));

    private static ulong Finish(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    private readonly record struct Level(int First, int End, int DepthMin, bool MayBeAbsent);
}
