namespace Ctas.Kafka.Native;

/// <summary>Requests of the client that the controller of the brokers answers.</summary>
internal static class ControllerRequest
{
    /// <summary>Makes one, and waits for the answer.</summary>
    /// <param name="client">The client.</param>
    /// <param name="timeoutMilliseconds">For how long.</param>
    /// <param name="request">Makes it; the answer goes to the queue that it is given.</param>
    /// <param name="read">Takes from the answer what it says; the answer is gone afterwards.</param>
    /// <returns>What was read; the default where nobody is known to answer, or nobody answered in time.</returns>
    public static T? Ask<T>(nint client, int timeoutMilliseconds, Action<nint> request, Func<nint, T?> read)
    {
        // The client would wait for a controller that no broker has named.
        if (Librdkafka.ControllerId(client, timeoutMilliseconds: 0) < 0) { return default; }

        nint queue = Librdkafka.QueueNew(client);
        try
        {
            request(queue);
            nint answer = Librdkafka.QueuePoll(queue, timeoutMilliseconds);
            if (answer == 0) { return default; }

            try { return read(answer); }
            finally { Librdkafka.EventDestroy(answer); }
        }
        finally { Librdkafka.QueueDestroy(queue); }
    }
}
