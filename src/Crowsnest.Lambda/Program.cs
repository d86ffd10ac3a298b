using System.Runtime.InteropServices;
using Crowsnest.Lambda;

using var stopping = new CancellationTokenSource();
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    stopping.Cancel();
});
using var output = Console.OpenStandardOutput();
return await Bootstrap.RunAsync(Environment.GetEnvironmentVariable, output, TimeProvider.System, stopping.Token);
