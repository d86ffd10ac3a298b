using System.Text.Json;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>A wish for a backup.</summary>
internal sealed record BackupWish(string? Folder);

/// <summary>A line of the answer: how far it is, what was made, or why it was not.</summary>
internal sealed record BackupLine(long? Copied = null, long? Of = null, BackupManifest? Manifest = null, ProblemBody? Problem = null);

/// <summary>Makes backups: <c>POST /backup</c>.</summary>
#pragma warning disable CA1001 // The semaphore lives as long as the server and never makes a wait handle, so there is nothing to close.
internal sealed class BackupEndpoint(ServerParts parts)
#pragma warning restore CA1001
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Maps it, where there is something that can be backed up.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        if (parts.Backup is null) return;
        routes.Map(
            new Operation(
                "POST", "/api/v1/backup", Access.Admin,
                "Writes a backup of all data into a folder of the server's machine, which must be empty or not there. Answers with lines: how far it is, and last the manifest or a problem.")
            {
                Accepts = ["application/json"],
                Produces = "application/x-ndjson",
            },
            async http =>
            {
                var folder = await ReadAsync(http);
                if (!await _one.WaitAsync(TimeSpan.Zero, http.RequestAborted))
                    throw new ProblemException(StatusCodes.Status409Conflict, "A backup is being made", "One backup is being made already; wait until it has ended.");
                return new Answer(folder, parts, _one);
            });
    }

    private static async Task<string> ReadAsync(HttpContext http)
    {
        BackupWish? wish;
        try
        {
            wish = await http.Request.ReadFromJsonAsync(ApiJson.Default.BackupWish, http.RequestAborted);
        }
        catch (JsonException)
        {
            wish = null;
        }

        return wish?.Folder is { Length: > 0 } folder && Path.IsPathFullyQualified(folder) && !folder.Contains('\0', StringComparison.Ordinal)
            ? Path.GetFullPath(folder)
            : throw ProblemException.BadRequest("""Send {"folder":"/full/path"}: a folder of the server's machine that is empty or not there yet.""");
    }

    private sealed class Answer(string folder, ServerParts parts, SemaphoreSlim turn) : IResult
    {
        private long _copied;
        private long _inAll;

        public async Task ExecuteAsync(HttpContext http)
        {
            try
            {
                using var ending = CancellationTokenSource.CreateLinkedTokenSource(
                    http.RequestAborted, http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
                var making = parts.Backup!(folder, Hear, ending.Token);
                http.Response.ContentType = "application/x-ndjson";
                using var pace = new PeriodicTimer(Pace, parts.Time);
                while (await Task.WhenAny(making, pace.WaitForNextTickAsync(ending.Token).AsTask()) != making && !ending.IsCancellationRequested)
                    await WriteAsync(http, new BackupLine(Interlocked.Read(ref _copied), Interlocked.Read(ref _inAll)), ending.Token);
                await WriteAsync(http, await LastAsync(making), ending.Token);
            }
            catch (OperationCanceledException)
            {
                // The caller went away, or the server stops: nothing was made, and half an answer must not look like a whole one.
                http.Abort();
            }
            finally
            {
                turn.Release();
            }
        }

        private static async Task<BackupLine> LastAsync(Task<BackupManifest> making)
        {
            try
            {
                return new BackupLine(Manifest: await making);
            }
            catch (BackupException refused)
            {
                return Problem(StatusCodes.Status409Conflict, "No backup was made", refused.Message);
            }
            catch (StoreException failed)
            {
                return Problem(StatusCodes.Status503ServiceUnavailable, "No backup was made", $"{failed.Message} {failed.Hint}".TrimEnd());
            }
        }

        private static BackupLine Problem(int status, string title, string detail) => new(Problem: new ProblemBody("about:blank", title, status, detail));

        private static async Task WriteAsync(HttpContext http, BackupLine line, CancellationToken cancellationToken)
        {
            await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(line, ApiJson.Default.BackupLine), cancellationToken);
            await http.Response.Body.WriteAsync("\n"u8.ToArray(), cancellationToken);
            await http.Response.Body.FlushAsync(cancellationToken);
        }

        private void Hear(long copied, long inAll)
        {
            Interlocked.Exchange(ref _copied, copied);
            Interlocked.Exchange(ref _inAll, inAll);
        }
    }
}
