using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using Confluent.Kafka;

using Ctas.Kafka.Consuming;

using Microsoft.Extensions.Logging;

namespace Ctas.Kafka.Native;

/// <summary>Owns one consumer instance of librdkafka, its log lines and its client-wide errors.</summary>
/// <remarks>
/// A thread of its own takes the client's errors as they happen: whoever waits for a request, or reads, need not ask.
/// </remarks>
internal sealed unsafe partial class NativeClient : IDisposable
{
    // The wait for the next error; ended by a word when the client is closed.
    private const int PollMilliseconds = 1000;

    private readonly ConsumerSession _session;
    private readonly ILogger _logger;
    private readonly Thread _polling;
    private readonly TaskCompletionSource<KafkaFault> _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private GCHandle _self;
    private KafkaFault? _fault;
    private string? _lastBrokerReason;
    private long _fetched;
    private volatile bool _isClosing;
    private volatile bool _hasConnected;

    /// <exception cref="KafkaFaultException">The client refused its configuration.</exception>
    public NativeClient(ClientConfiguration configuration, ConsumerSession session, ILogger logger)
    {
        _session = session;
        _logger = logger;
        _hasConnected = session.HasConnectedBefore;
        nint settings = configuration.ToNative();
        _self = GCHandle.Alloc(this);
        Librdkafka.ConfSetOpaque(settings, GCHandle.ToIntPtr(_self));
        Librdkafka.ConfSetErrorCallback(settings, &OnError);
        Librdkafka.ConfSetLogCallback(settings, &OnLog);
        Librdkafka.ConfSetStatisticsCallback(settings, &OnStatistics);

        Span<byte> error = stackalloc byte[512];
        Handle = Librdkafka.New(Librdkafka.ConsumerType, settings, error, (nuint)error.Length);
        if (Handle == 0)
        {
            Librdkafka.ConfDestroy(settings);
            _self.Free();
            throw new KafkaFaultException(new KafkaFault(ErrorCode.Local_InvalidArg, Librdkafka.Text(error)));
        }

        _polling = new Thread(Poll) { IsBackground = true, Name = "ctas kafka errors" };
        _polling.Start();
    }

    public nint Handle { get; private set; }

    /// <summary>The next offsets that it will ask for, added up, as its last statistics tell; zero before those.</summary>
    public long Fetched => Interlocked.Read(ref _fetched);

    /// <summary>The fault of the client as a whole since the last call; one broker's trouble is not one.</summary>
    public KafkaFault? TakeFault() => Interlocked.Exchange(ref _fault, null);

    /// <summary>Brokers have answered: they may again where they refuse the client from now on.</summary>
    public void NoteAnswer() => _hasConnected = true;

    /// <summary>Completes when the brokers refuse the client, or it them: nothing that it is asked for will be answered.</summary>
    public Task<KafkaFault> Refused => _refused.Task;

    public void Dispose()
    {
        if (Handle == 0) { return; }

        _isClosing = true;
        nint errors = Librdkafka.QueueGetMain(Handle);
        Librdkafka.QueueYield(errors);
        Librdkafka.QueueDestroy(errors);
        _polling.Join();

        // No group was joined, so there is none to leave. When this returns no callback can come any more.
        Librdkafka.Destroy(Handle, Librdkafka.WithoutClosing);
        Handle = 0;
        _self.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnError(nint client, ErrorCode code, byte* reason, nint opaque)
    {
        if (GCHandle.FromIntPtr(opaque).Target is not NativeClient self) { return; }

        try { self.Remember(new KafkaFault(code, ClientReason.Of(Marshal.PtrToStringUTF8((nint)reason) ?? ""))); }
        catch (Exception e) { self.Fail(e); }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnLog(nint client, int level, byte* facility, byte* text)
    {
        // Threads of the client log; one that fails here must not take the process down.
        nint opaque = Librdkafka.Opaque(client);
        if (opaque == 0 || GCHandle.FromIntPtr(opaque).Target is not NativeClient self) { return; }

        if (self._logger.IsEnabled(LogLevel.Debug))
        {
            string name = Marshal.PtrToStringUTF8((nint)facility) ?? "";
            string line = Marshal.PtrToStringUTF8((nint)text) ?? "";
            try { LogLine(self._logger, name, line); }
            catch (Exception e) { self.Fail(e); }
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnStatistics(nint client, byte* json, nuint length, nint opaque)
    {
        // Zero: the client frees the text.
        if (GCHandle.FromIntPtr(opaque).Target is not NativeClient self) { return 0; }

        try { Interlocked.Exchange(ref self._fetched, ClientStatistics.NextOffsets(new ReadOnlySpan<byte>(json, (int)length))); }
        catch (Exception e) { self.Fail(e); }

        return 0;
    }

    /// <summary>
    /// What a logger of the host throws belongs to whoever reads: on a thread of the client it would end the process.
    /// </summary>
    private void Fail(Exception e) => Volatile.Write(ref _fault, new KafkaFault(ErrorCode.Local_Fail, e.Message) { IsFinal = true });

    private void Poll()
    {
        while (!_isClosing) { _ = Librdkafka.Poll(Handle, PollMilliseconds); }
    }

    private void Remember(KafkaFault fault)
    {
        bool isRefusal = fault.Code == ErrorCode.Local_Ssl ? !_hasConnected : fault.IsRefusedLogin;
        if (isRefusal)
        {
            fault = _hasConnected ? fault with { MayPass = true } : fault with { IsFinal = true };
            _refused.TrySetResult(fault);
        }

        if (!fault.IsAboutGroups) { _session.OnFault(fault); }

        // The client goes on by itself when one broker fails; the reason is worth telling once all have.
        if (fault.Code == ErrorCode.Local_AllBrokersDown)
        {
            string reason = _lastBrokerReason is null ? fault.Reason : $"{fault.Reason} ({_lastBrokerReason})";
            _fault ??= fault with { Reason = reason };
        }
        else if (fault.IsTransient)
        {
            _lastBrokerReason = fault.Reason;
        }
        else if (!fault.IsAboutGroups)
        {
            _fault = fault;
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "librdkafka {Facility}: {Text}")]
    private static partial void LogLine(ILogger logger, string facility, string text);
}
