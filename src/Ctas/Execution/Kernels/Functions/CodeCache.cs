using Ctas.Data;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>What is made of a text argument, once for each text. Single-threaded.</summary>
/// <remarks>A text with the code of the last row's is not looked at again: a constant costs nothing per row.</remarks>
internal sealed class CodeCache<T>(Func<string, T> make)
{
    private readonly Dictionary<string, T> _made = new(StringComparer.Ordinal);
    private StringPool? _pool;
    private int _code = -1;
    private T _last = default!;

    /// <summary>Of the argument of a row, which is not NULL.</summary>
    public T Of(RowArguments row, int argument)
    {
        StringPool pool = ((StringColumn)row.Column(argument)).Pool;
        int code = row.Code(argument);
        if (ReferenceEquals(pool, _pool) && code == _code) { return _last; }

        string text = row.Text(argument);
        if (!_made.TryGetValue(text, out T? made))
        {
            made = make(text);
            _made[text] = made;
        }

        (_pool, _code, _last) = (pool, code, made);
        return made;
    }
}
