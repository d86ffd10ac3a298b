using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Crowsnest.Configuration;

/// <summary>Reads the section <c>resync</c>.</summary>
internal static partial class ResyncParser
{
    /// <summary>What is compared with ECS, and how often.</summary>
    public static ResyncConfig Parse(YamlSection? section)
    {
        var defaults = new ResyncConfig();
        if (section is null) return defaults;
        var accounts = ImmutableArray.CreateBuilder<ResyncAccount>();
        foreach (var one in section.Sections("accounts"))
        {
            foreach (var account in Accounts(one))
            {
                if (accounts.FirstOrDefault(a => a.RoleArn == account.RoleArn) is not null)
                    one.Mistake("role_arn", account.RoleArn is null ? "two accounts have no role_arn; name all regions of this program's own account in one" : $"the role {account.RoleArn} is named twice; name all of its regions in one");
                accounts.Add(account);
            }
        }

        if (!section.Has("accounts")) section.Mistake("accounts", "'accounts' is missing; write e.g. accounts: [{regions: [eu-west-1]}]");
        var every = section.Duration("every", TimeSpan.FromMinutes(1), TimeSpan.FromDays(1)) ?? defaults.Every;
        var logLines = section.Flag("log_lines") ?? defaults.LogLines;
        section.Done();
        return new ResyncConfig { Accounts = accounts.ToImmutable(), Every = every, LogLines = logLines };
    }

    private static IReadOnlyList<ResyncAccount> Accounts(YamlSection section)
    {
        var (role, more) = (section.Text("role_arn"), section.Words("role_arns"));
        if (role is not null && !Role().IsMatch(role)) section.Mistake("role_arn", $"'{role}' is not the ARN of a role; it is of the form arn:aws:iam::ACCOUNT:role/NAME");
        foreach (var wrong in (more ?? []).Where(r => !Role().IsMatch(r))) section.Mistake("role_arns", $"'{wrong}' is not the ARN of a role; it is of the form arn:aws:iam::ACCOUNT:role/NAME");
        if (more is { IsEmpty: true }) section.Mistake("role_arns", "name at least one role, or leave role_arns out");
        if (role is not null && more is not null) section.Mistake("role_arns", "give role_arn or role_arns, not both");
        var regions = section.Words("regions") ?? [];
        if (regions.Length == 0) section.Mistake("regions", "name at least one region: regions: [eu-west-1]");
        foreach (var region in regions.Where(r => !Region().IsMatch(r))) section.Mistake("regions", $"'{region}' is not a region; write e.g. eu-west-1");
        foreach (var twice in regions.GroupBy(r => r, StringComparer.Ordinal).Where(g => g.Count() > 1)) section.Mistake("regions", $"the region {twice.Key} is named twice");
        section.Done();
        return regions.Length == 0 ? [] : more is null ? [new ResyncAccount(role, regions)] : [.. more.Value.Select(one => new ResyncAccount(one, regions))];
    }

    [GeneratedRegex("^arn:aws(-cn|-us-gov)?:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+$")]
    private static partial Regex Role();

    [GeneratedRegex("^[a-z]{2,4}(-[a-z]+)+-[0-9]+$")]
    private static partial Regex Region();
}
