using System.Runtime.CompilerServices;

namespace Ctas.Tests.Loading;

/// <summary>A table of an engine; tells whether anybody still has it.</summary>
internal sealed class WatchedTable
{
    private readonly WeakReference _table;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public WatchedTable(CtasEngine engine, string name) => _table = new WeakReference(engine.Tables[name]);

    /// <summary>Waits until the collector has taken it; false when somebody keeps it.</summary>
    public async Task<bool> IsGoneAsync()
    {
        // What the caller has waited for may still be on this stack, and be about to leave those of others.
        await Task.Yield();
        return SpinWait.SpinUntil(
            () =>
            {
                GC.Collect();
                return !_table.IsAlive;
            },
            TimeSpan.FromMinutes(2));
    }
}
