namespace Ctas.Kafka.Native;

/// <summary>rd_kafka_conf_res_t: what became of setting a property.</summary>
internal enum ConfResult
{
    /// <summary>There is no property of that name.</summary>
    Unknown = -2,

    /// <summary>The value does not fit the property.</summary>
    Invalid = -1,

    /// <summary>The property is set.</summary>
    Ok = 0,
}
