using System.Net.Security;
using System.Text;

namespace Crowsnest.Notifiers.Email;

/// <summary>Lines to a server of mail and its replies (RFC 5321, 4.2), first in the clear and then perhaps inside TLS.</summary>
internal sealed class SmtpConnection(Stream plain) : IAsyncDisposable
{
    // RFC 5321, 4.5.3.1.5: a line of a reply has at most 512 octets. Some have more, and none needs this many.
    private const int LineMax = 4_096;
    private const int LinesMax = 100;

    private readonly byte[] _buffer = new byte[LineMax];
    private Stream _stream = plain;
    private int _start;
    private int _end;

    public bool IsEncrypted => _stream is SslStream;

    /// <summary>Goes on inside TLS.</summary>
    /// <exception cref="IOException">The server had said something before that, which anybody between us may have put in.</exception>
    /// <exception cref="System.Security.Authentication.AuthenticationException">It is not who it should be.</exception>
    public async Task EncryptAsync(SslClientAuthenticationOptions options, CancellationToken cancellationToken)
    {
        if (_start != _end) throw new IOException("it went on in the clear after it had agreed to TLS");
        var tls = new SslStream(_stream);
        _stream = tls;
        await tls.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Sends a command, or what the server waits for, and reads what it says to that.</summary>
    public async Task<SmtpReply> AskAsync(string line, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\r\n"), cancellationToken).ConfigureAwait(false);
        await _stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        return await ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads one reply, of one line or several.</summary>
    /// <exception cref="IOException">It is none, or the connection ended.</exception>
    public async Task<SmtpReply> ReadAsync(CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        while (lines.Count < LinesMax)
        {
            var line = await LineAsync(cancellationToken).ConfigureAwait(false);
            if (line.Length < 3 || line.AsSpan(0, 3).ContainsAnyExceptInRange('0', '9')) throw new IOException("it does not speak SMTP");
            lines.Add(line.Length > 4 ? line[4..] : "");
            if (line.Length == 3 || line[3] != '-') return new SmtpReply(int.Parse(line.AsSpan(0, 3), System.Globalization.CultureInfo.InvariantCulture), lines);
        }

        throw new IOException("its reply has no end");
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async Task<string> LineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var held = _buffer.AsSpan(_start, _end - _start);
            if (held.IndexOf((byte)'\n') is var length and >= 0)
            {
                var line = Encoding.UTF8.GetString(held[..length]).TrimEnd('\r');
                _start += length + 1;
                return line;
            }

            held.CopyTo(_buffer);
            (_start, _end) = (0, held.Length);
            if (_end == _buffer.Length) throw new IOException("a line of its reply has no end");
            var read = await _stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            if (read == 0) throw new IOException("it hung up");
            _end += read;
        }
    }
}

/// <summary>What a server said.</summary>
/// <param name="Code">Three digits: 2xx done, 3xx go on, 4xx not now, 5xx no.</param>
/// <param name="Lines">The words, hostile.</param>
internal readonly record struct SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    /// <summary>All of it on one line.</summary>
    public string Words => string.Join(' ', Lines);
}
