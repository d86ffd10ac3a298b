using System.Globalization;

namespace Crowsnest.Simulator;

/// <summary>Chance that is a function of its seed alone, on every machine and every version of the runtime (SplitMix64).</summary>
internal sealed class Chance(ulong seed)
{
    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Bits()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 to just under 1.</summary>
    public double Fraction() => (Bits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>From <paramref name="least"/> to just under <paramref name="below"/>.</summary>
    public double Between(double least, double below) => least + Fraction() * (below - least);

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>, both included.</summary>
    public int Whole(int least, int most) => least + (int)(Bits() % (ulong)(most - least + 1));

    /// <summary>Waiting times of what happens by itself, once in <paramref name="mean"/>.</summary>
    public double Wait(double mean) => -Math.Log(1 - Fraction()) * mean;

    /// <summary>True in so many of a hundred cases.</summary>
    public bool Percent(double percent) => Fraction() * 100 < percent;

    /// <summary>One of them.</summary>
    public T Pick<T>(IReadOnlyList<T> of) => of[(int)(Bits() % (ulong)of.Count)];

    /// <summary>All of them in another order.</summary>
    public T[] Shuffle<T>(IEnumerable<T> of)
    {
        var all = of.ToArray();
        for (var i = all.Length - 1; i > 0; i--)
        {
            var j = Whole(0, i);
            (all[i], all[j]) = (all[j], all[i]);
        }

        return all;
    }

    /// <summary>So many hexadecimal digits.</summary>
    public string Hex(int digits) => string.Create(digits, this, static (text, chance) =>
    {
        Span<char> sixteen = stackalloc char[16];
        for (var at = 0; at < text.Length; at += 16)
        {
            chance.Bits().TryFormat(sixteen, out _, "x16", CultureInfo.InvariantCulture);
            sixteen[..Math.Min(16, text.Length - at)].CopyTo(text[at..]);
        }
    });

    /// <summary>A random UUID (version 4).</summary>
    public string Uuid() => string.Create(36, (Bits(), Bits()), static (text, bits) =>
    {
        Span<char> hex = stackalloc char[32];
        bits.Item1.TryFormat(hex, out _, "x16", CultureInfo.InvariantCulture);
        bits.Item2.TryFormat(hex[16..], out _, "x16", CultureInfo.InvariantCulture);
        hex[12] = '4';
        hex[16] = "89ab"[(int)(bits.Item2 >> 62)];
        hex[..8].CopyTo(text);
        hex[8..12].CopyTo(text[9..]);
        hex[12..16].CopyTo(text[14..]);
        hex[16..20].CopyTo(text[19..]);
        hex[20..].CopyTo(text[24..]);
        text[8] = text[13] = text[18] = text[23] = '-';
    });
}
