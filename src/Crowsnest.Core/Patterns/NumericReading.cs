namespace Crowsnest.Core.Patterns;

/// <summary>Reads the list of a <c>numeric</c>: one comparison, or a lower bound and then an upper one.</summary>
internal sealed class NumericReading
{
    private string _first = "";
    private string _second = "";
    private double _low;
    private double _high;
    private int _elements;

    /// <summary>Whether something was refused already.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Takes an operator; what is wrong with it, or nothing.</summary>
    public string Operator(string text)
    {
        switch (_elements++)
        {
            case 0 when text is "=" or "<" or "<=" or ">" or ">=":
                _first = text;
                return "";
            case 0:
                return Fail($"'{text}' is no comparison; there are =, <, <=, > and >=");
            case 2 when _first is not (">" or ">="):
                return Fail($"after '{_first}' and its number nothing follows: a range is a lower bound and then an upper one");
            case 2 when text is "<" or "<=":
                _second = text;
                return "";
            case 2:
                return Fail($"'{text}' is no upper bound; after '{_first}' stands < or <=");
            default:
                return Fail($"a number stands here, without quotes, and not '{text}'");
        }
    }

    /// <summary>Takes a number; what is wrong with it, or nothing.</summary>
    public string Number(double number)
    {
        switch (_elements++)
        {
            case 1:
                _low = number;
                return "";
            case 3 when _second.Length > 0:
                _high = number;
                return "";
            case > 3:
                return Fail("numeric has one comparison, or a lower bound and an upper one");
            default:
                return Fail("an operator stands here: =, <, <=, > or >=, in quotes");
        }
    }

    /// <summary>What the list means; what is wrong with it, or nothing.</summary>
    public string End(out ValueTest.Range range)
    {
        range = _first switch
        {
            "=" => new ValueTest.Range(_low, false, _low, false),
            "<" or "<=" => new ValueTest.Range(double.MinValue, false, _low, _first == "<"),
            _ when _second.Length > 0 => new ValueTest.Range(_low, _first == ">", _high, _second == "<"),
            _ => new ValueTest.Range(_low, _first == ">", double.MaxValue, false),
        };
        if (_elements is not (2 or 4)) return "a number is missing in numeric: each operator has one after it";
        return _first == "=" || range.Low < range.High ? "" : "no number is in this range: the lower bound is less than the upper one";
    }

    /// <summary>Notes that the list is wrong, whatever follows in it.</summary>
    public string Fail(string mistake)
    {
        HasFailed = true;
        return mistake;
    }
}
