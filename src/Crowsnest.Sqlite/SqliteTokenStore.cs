using Crowsnest.Core.Pipeline;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>The API tokens beside the data they open.</summary>
internal sealed class SqliteTokenStore(SqliteDatabase database, SemaphoreSlim gate) : ITokenStore
{
    public ValueTask<IReadOnlyList<TokenRecord>> ListAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var snapshot = database.Read();
            using var command = snapshot.Connection.CreateCommand();
            command.CommandText = "SELECT id, name, role, hash, created_at, revoked_at FROM token ORDER BY created_at, id";
            using var reader = command.ExecuteReader();
            var tokens = new List<TokenRecord>();
            while (reader.Read())
            {
                tokens.Add(new TokenRecord(
                    reader.GetString(0), reader.GetString(1), Enum.Parse<TokenRole>(reader.GetString(2)), (byte[])reader[3], Moment(reader.GetInt64(4)),
                    reader.IsDBNull(5) ? null : Moment(reader.GetInt64(5))));
            }

            return ValueTask.FromResult<IReadOnlyList<TokenRecord>>(tokens);
        }
        catch (SqliteException exception)
        {
            throw SqliteFault.Translate(exception, "read", database.Path);
        }
    }

    public async ValueTask AddAsync(TokenRecord token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        await WriteAsync(
            "INSERT INTO token(id, name, role, hash, created_at) VALUES($id, $name, $role, $hash, $at)",
            [("$id", token.Id), ("$name", token.Name), ("$role", token.Role.ToString()), ("$hash", token.Hash.ToArray()), ("$at", token.CreatedAt.ToUnixTimeMilliseconds())],
            cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<bool> RevokeAsync(string id, DateTimeOffset at, CancellationToken cancellationToken) => await WriteAsync(
        "UPDATE token SET revoked_at = $at WHERE id = $id AND revoked_at IS NULL", [("$id", id), ("$at", at.ToUnixTimeMilliseconds())], cancellationToken).ConfigureAwait(false) > 0;

    private static DateTimeOffset Moment(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private async ValueTask<int> WriteAsync(string sql, (string Name, object Value)[] parameters, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Whoever revokes a token must be able to rely on it, however the other commits are synced.
            SqliteDatabase.Execute(database.Writer, "PRAGMA synchronous=FULL");
            using var command = database.Writer.CreateCommand();
#pragma warning disable CA2100 // Both statements are constants of this class.
            command.CommandText = sql;
#pragma warning restore CA2100
            foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
            return command.ExecuteNonQuery();
        }
        catch (SqliteException exception)
        {
            throw SqliteFault.Translate(exception, "write to", database.Path);
        }
        finally
        {
            gate.Release();
        }
    }
}
