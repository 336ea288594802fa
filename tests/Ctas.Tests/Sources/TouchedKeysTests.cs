using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Tests.Sources;

public sealed class TouchedKeysTests
{
    [Fact]
    public void Finish_KeysTombstonesAndKeylessRecords_NamesWhatHasAKey()
    {
        var touched = new TouchedKeys();
        var feed = new RecordFeed(RecordFeed.Define() with { NullKey = NullKeyPolicy.Append });
        touched.Add(feed.Add("""{"a":1}""").Finish());
        SourceBatch keyed = feed.Add("""{"a":2}""", "k1").Add("""{"a":3}""").Add(null, "k2").Add("""{"a":4}""", "k1").Finish();
        touched.Add(keyed);

        IReadOnlyList<Batch> keys = touched.Finish(keyed.Schema);

        keys.SelectMany(batch => Enumerable.Range(0, batch.RowCount).Select(row => batch[0].GetValue(row))).Should().Equal("k1", "k2", "k1");
    }
}
