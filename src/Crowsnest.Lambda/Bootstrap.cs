using Crowsnest.Configuration;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Lambda;

/// <summary>The process that an environment of Lambda runs: starts, then takes one invocation after the other.</summary>
internal static class Bootstrap
{
    private const string NoStore = "A function keeps nothing between its environments, so it needs a store that they share: write store: {kind: opensearch, url: https://…} or store: {kind: dynamodb} into its configuration.";

    /// <summary>Runs until it is told to end or the Runtime API is gone; answers the process's exit code.</summary>
    public static async Task<int> RunAsync(Func<string, string?> environment, Stream output, TimeProvider time, CancellationToken cancellationToken)
    {
        var log = new FunctionLog(output, environment("AWS_LAMBDA_FUNCTION_NAME") ?? "crowsnest", environment("AWS_LAMBDA_LOG_LEVEL"), time);
        if (environment("AWS_LAMBDA_RUNTIME_API") is not { Length: > 0 } address)
        {
            log.Error("AWS_LAMBDA_RUNTIME_API is not set: this is the bootstrap of a function (provided.al2023), and Lambda starts it; 'crowsnest lambda package' makes the zip");
            return 2;
        }

        using var api = new RuntimeApi(address);
        try
        {
            if (await StartAsync(api, environment, log, time, cancellationToken) is not { } function) return 1;
            await using (function)
            {
                while (true) await OneAsync(api, function, log, cancellationToken);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
        catch (RuntimeApiException gone)
        {
            log.Error(gone.Message);
            return 1;
        }
    }

    private static async Task<Function?> StartAsync(RuntimeApi api, Func<string, string?> environment, FunctionLog log, TimeProvider time, CancellationToken cancellationToken)
    {
        var error = new FunctionError("NoStore", NoStore);
        try
        {
            var config = await ConfigFile.LoadAsync(named: null, environment, time, cancellationToken);
            if (config.Store.IsShared)
            {
                var function = new Function(config, log, time);
                await function.StartAsync(cancellationToken);
                return function;
            }
        }
        catch (ConfigException mistakes)
        {
            error = new FunctionError("ConfigException", mistakes.Message);
        }

        log.Error(error.Message);
        await api.FailInitAsync(error, cancellationToken);
        return null;
    }

    private static async Task OneAsync(RuntimeApi api, Function function, FunctionLog log, CancellationToken cancellationToken)
    {
        var invocation = await api.NextAsync(cancellationToken);
        log.RequestId = invocation.RequestId;

        // Where AWS's own tools look for it.
        Environment.SetEnvironmentVariable("_X_AMZN_TRACE_ID", invocation.TraceId.Length > 0 ? invocation.TraceId : null);
        var refusal = await AnswerAsync(api, function, invocation, log, cancellationToken);
        if (refusal.Length > 0) log.Error(refusal);
        log.RequestId = "";
    }

    private static async Task<string> AnswerAsync(RuntimeApi api, Function function, Invocation invocation, FunctionLog log, CancellationToken cancellationToken)
    {
        FunctionError error;
        try
        {
            var answer = await function.HandleAsync(invocation, cancellationToken);
            return await api.RespondAsync(invocation, answer, cancellationToken);
        }
        catch (StoreException failure)
        {
            error = new FunctionError(nameof(StoreException), Function.InWords(failure));
        }
        catch (Exception broken) when (broken is not (RuntimeApiException or OperationCanceledException or OutOfMemoryException))
        {
            // Whatever it was, this invocation has failed and the next may not: the service is told, with where it happened in the log.
            log.Error(broken.ToString());
            return await api.FailAsync(invocation, new FunctionError(broken.GetType().Name, broken.Message), cancellationToken);
        }

        log.Error(error.Message);
        return await api.FailAsync(invocation, error, cancellationToken);
    }
}
