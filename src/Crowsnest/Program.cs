using System.Runtime.InteropServices;
using Crowsnest.Commands;
using Crowsnest.Sqlite;

NativeHeap.KeepFreedPages();
using var interrupted = new CancellationTokenSource();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);

return await new CommandLine(CommandHost.OfProcess(), AllCommands.Specs).RunAsync(args, interrupted.Token);

// The first signal ends in order; the second one is the system's to carry out.
void Cancel(PosixSignalContext context)
{
    if (interrupted.IsCancellationRequested) return;
    context.Cancel = true;
    interrupted.Cancel();
}
