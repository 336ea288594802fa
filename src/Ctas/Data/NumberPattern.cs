using System.Text;

namespace Ctas.Data;

/// <summary>A pattern of numbers in PostgreSQL's notation, as <c>FM9,990.00</c>. Immutable.</summary>
/// <remarks>
/// <c>9</c> a digit, <c>0</c> a digit that is always written, <c>.</c> or <c>D</c> the point, <c>,</c> or <c>G</c> between
/// groups, <c>S</c> or <c>SG</c> the sign, <c>MI</c> a minus, <c>PL</c> a plus, <c>PR</c> negative numbers in &lt;&gt;,
/// <c>L</c> or <c>$</c> a dollar, <c>FM</c> without blanks and without zeros at the end; <c>"text"</c> and signs as they are.
/// </remarks>
internal sealed class NumberPattern
{
    private readonly List<Part> _parts = [];
    private bool _isFilled = true;

    private NumberPattern()
    {
    }

    private enum PartKind
    {
        Digit,
        Zero,
        Point,
        Group,
        Sign,
        Minus,
        Plus,
        Brackets,
        Literal,
    }

    /// <summary>Number of digits before the point.</summary>
    public int WholeDigits { get; private set; }

    /// <summary>Number of digits behind the point.</summary>
    public int FractionDigits { get; private set; }

    private bool HasPoint => Has(PartKind.Point);

    /// <summary>Reads a pattern; null when it is none, or has words that are not supported (EEEE, RN, TH, V).</summary>
    public static NumberPattern? Read(string text)
    {
        var pattern = new NumberPattern();
        for (int at = 0; at < text.Length;)
        {
            if (!pattern.TryPart(text, ref at)) { return null; }
        }

        return pattern.WholeDigits + pattern.FractionDigits is > 0 and <= DataType.MaxDecimalPrecision ? pattern : null;
    }

    /// <summary>Writes a number; one with too many digits becomes #.</summary>
    /// <param name="isNegative">True below 0.</param>
    /// <param name="whole">The digits before the point, without zeros at the start: none for 0.</param>
    /// <param name="fraction">As many digits as the pattern has behind the point.</param>
    /// <param name="output">Where to.</param>
    public void Write(bool isNegative, ReadOnlySpan<char> whole, ReadOnlySpan<char> fraction, StringBuilder output)
    {
        bool isTooLong = whole.Length > WholeDigits;
        int firstZero = FirstForced();
        int shownFraction = ShownFraction(fraction);
        bool hasOwnSign = Has(PartKind.Sign) || Has(PartKind.Minus) || Has(PartKind.Plus) || Has(PartKind.Brackets);
        bool hasStarted = false;
        bool isSignDue = !hasOwnSign || Has(PartKind.Brackets);
        bool isBehindPoint = false;
        int digit = 0;
        char sign = isNegative ? '-' : ' ';
        if (Has(PartKind.Brackets)) { sign = isNegative ? '<' : ' '; }

        void Start()
        {
            if (!hasStarted && isSignDue) { Add(sign); }

            hasStarted = true;
        }

        void Add(char c)
        {
            if (c != ' ' || _isFilled) { output.Append(c); }
        }

        foreach (Part part in _parts)
        {
            switch (part.Kind)
            {
                case PartKind.Digit or PartKind.Zero when isBehindPoint:
                    Start();
                    if (digit < shownFraction) { output.Append(isTooLong ? '#' : fraction[digit]); }

                    digit++;
                    break;
                case PartKind.Digit or PartKind.Zero:
                    int place = digit - (WholeDigits - whole.Length);
                    bool isShown = place >= 0 || digit >= firstZero || isTooLong;
                    if (isShown) { Start(); }

                    if (isShown) { output.Append(isTooLong ? '#' : place >= 0 ? whole[place] : '0'); }
                    else { Add(' '); }

                    digit++;
                    break;
                case PartKind.Point:
                    Start();
                    output.Append('.');
                    (isBehindPoint, digit) = (true, 0);
                    break;
                case PartKind.Group:
                    Add(hasStarted ? ',' : ' ');
                    break;
                case PartKind.Sign when !hasStarted && digit == 0:
                    // Before the number the sign stands next to its first digit.
                    (isSignDue, sign) = (true, isNegative ? '-' : '+');
                    break;
                case PartKind.Sign:
                    output.Append(isNegative ? '-' : '+');
                    break;
                case PartKind.Minus:
                    Add(isNegative ? '-' : ' ');
                    break;
                case PartKind.Plus:
                    Add(isNegative ? ' ' : '+');
                    break;
                case PartKind.Brackets:
                    Add(isNegative ? '>' : ' ');
                    break;
                default:
                    output.Append(part.Text);
                    break;
            }
        }
    }

    /// <summary>The digits of a text, without point; null when the text does not fit.</summary>
    public string? Digits(ReadOnlySpan<char> text, out bool isNegative)
    {
        isNegative = false;
        var whole = new StringBuilder();
        var fraction = new StringBuilder();
        bool isBehindPoint = false;
        foreach (char c in text)
        {
            if (char.IsAsciiDigit(c)) { (isBehindPoint ? fraction : whole).Append(c); }
            else if (c == '.' && !isBehindPoint && HasPoint) { isBehindPoint = true; }
            else if (c is '-' or '<') { isNegative = true; }
            else if (c is not (' ' or ',' or '+' or '>' or '$') && !IsLiteral(c)) { return null; }
        }

        while (whole.Length > 0 && whole[0] == '0') { whole.Remove(0, 1); }

        while (fraction.Length > FractionDigits && fraction[^1] == '0') { fraction.Length--; }

        bool hasDigit = text.IndexOfAnyInRange('0', '9') >= 0;
        return hasDigit && whole.Length <= WholeDigits && fraction.Length <= FractionDigits
            ? whole.Append(fraction).Append('0', FractionDigits - fraction.Length).ToString()
            : null;
    }

    private bool IsLiteral(char c) => _parts.Exists(part => part.Kind == PartKind.Literal && part.Text.Contains(c, StringComparison.Ordinal));

    private bool Has(PartKind kind) => _parts.Exists(part => part.Kind == kind);

    /// <summary>The first digit before the point that is written even where the number has none.</summary>
    private int FirstForced()
    {
        int digit = 0;
        foreach (Part part in _parts)
        {
            if (part.Kind is PartKind.Zero or PartKind.Point) { break; }

            if (part.Kind == PartKind.Digit) { digit++; }
        }

        // Without a point, 0 is written as 0.
        return HasPoint ? digit : Math.Min(digit, WholeDigits - 1);
    }

    /// <summary>With FM zeros at the end are left out, unless the pattern says 0.</summary>
    private int ShownFraction(ReadOnlySpan<char> fraction)
    {
        if (_isFilled) { return fraction.Length; }

        int shown = fraction.TrimEnd('0').Length;
        int digit = 0;
        bool isBehindPoint = false;
        foreach (Part part in _parts)
        {
            isBehindPoint |= part.Kind == PartKind.Point;
            if (!isBehindPoint || part.Kind is not (PartKind.Digit or PartKind.Zero)) { continue; }

            digit++;
            if (part.Kind == PartKind.Zero) { shown = Math.Max(shown, digit); }
        }

        return shown;
    }

    private bool TryPart(string text, ref int at)
    {
        ReadOnlySpan<char> rest = text.AsSpan(at);
        if (rest.StartsWith("FM", StringComparison.OrdinalIgnoreCase))
        {
            _isFilled = false;
            at += 2;
            return true;
        }

        if (rest[0] == '"')
        {
            int end = text.IndexOf('"', at + 1);
            if (end < 0) { return false; }

            _parts.Add(new Part(PartKind.Literal, text[(at + 1)..end]));
            at = end + 1;
            return true;
        }

        (PartKind? kind, int length) = KindOf(rest);
        if (kind is not { } known || (known == PartKind.Point && HasPoint)) { return false; }

        if (known is PartKind.Digit or PartKind.Zero)
        {
            if (HasPoint) { FractionDigits++; }
            else { WholeDigits++; }
        }

        bool isDollar = char.ToUpperInvariant(rest[0]) == 'L';
        _parts.Add(new Part(known, isDollar ? "$" : rest[..length].ToString()));
        at += length;
        return true;
    }

    private static (PartKind? Kind, int Length) KindOf(ReadOnlySpan<char> rest)
    {
        if (rest.StartsWith("MI", StringComparison.OrdinalIgnoreCase)) { return (PartKind.Minus, 2); }

        if (rest.StartsWith("PL", StringComparison.OrdinalIgnoreCase)) { return (PartKind.Plus, 2); }

        if (rest.StartsWith("PR", StringComparison.OrdinalIgnoreCase)) { return (PartKind.Brackets, 2); }

        if (rest.StartsWith("SG", StringComparison.OrdinalIgnoreCase)) { return (PartKind.Sign, 2); }

        return char.ToUpperInvariant(rest[0]) switch
        {
            '9' => (PartKind.Digit, 1),
            '0' => (PartKind.Zero, 1),
            '.' or 'D' => (PartKind.Point, 1),
            ',' or 'G' => (PartKind.Group, 1),
            'S' => (PartKind.Sign, 1),
            'L' or '$' => (PartKind.Literal, 1),
            var c when char.IsAsciiLetterOrDigit(c) => (null, 1),
            _ => (PartKind.Literal, 1),
        };
    }

    private readonly record struct Part(PartKind Kind, string Text);
}
