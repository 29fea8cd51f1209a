// SPDX-License-Identifier: Apache-2.0

import Config
import FastCGI
import Logging
import Outbox
import POSIX
import Subscriptions

/// Makes the pages for people, and does what their buttons are for.
///
/// The outbox is read as a command reads it, on a connection of its own, so that no commit waits for it.
struct StatusPages {
    let service: Service
    let context: PageContext

    /// Rows of the log that one page looks at.
    private static let reach = 50_000
    private static let (recentDeliveries, pendingShown) = (10, 200)

    /// A form of ours has a token and two names.
    private static let longestForm = 4096

    func reply(to page: StatusPage, _ request: Request) -> Reply {
        do {
            return page.isAction ? try act(page, request) : try show(page, request)
        } catch let mistake as DeliveryQuery.Mistake {
            return message(400, "This cannot be shown", mistake.text)
        } catch {
            let code = (error as? OutboxError)?.code
            return message(
                code == .absent || code == .unexpected ? 500 : 503,
                "This cannot be shown now",
                "\(error)"
            )
        }
    }

    private func show(_ page: StatusPage, _ request: Request) throws -> Reply {
        let outbox = Outbox(existingIn: service.stateDirectory, for: .reading)
        switch page {
        case .overview: return .page(overview(outbox).html)
        case .deliveries: return .page(try deliveries(outbox, request).html)
        case .delivery(let id):
            guard let delivery = try outbox.delivery(id) else {
                return message(404, "No such delivery", "The log does not have it, or not any more.")
            }
            return .page(DeliveryPage(context: context, delivery: delivery, token: try token()).html)
        case .redelivery(let sequence):
            guard let redelivery = try outbox.redelivery(sequence) else {
                return message(404, "No such redelivery", "It is not known, or not any more.")
            }
            return .page(RedeliveryPage(context: context, redelivery: redelivery).html)
        default:
            let pending = try outbox.pending(limit: Self.pendingShown)
            return .page(
                OutboxPage(
                    context: context,
                    backlog: try outbox.backlog(),
                    objects: try outbox.backlog(in: .catalogue),
                    pending: pending,
                    token: try token()
                ).html
            )
        }
    }

    /// What can be said without the outbox is said without it: this is the page to which people come when something is wrong.
    private func overview(_ outbox: Outbox) -> OverviewPage {
        var page = OverviewPage(context: context, health: service.health(), snapshot: service.state.snapshot)
        do throws(OutboxError) {
            page.activity = try outbox.activity(at: context.now)
            page.backlog = try outbox.backlog()
            page.objects = try outbox.backlog(in: .catalogue)
            let (limit, reach) = (Self.recentDeliveries, Self.reach)
            page.recent = try outbox.deliveries(DeliveryFilter(), before: nil, limit: limit, reach: reach)
                .deliveries
        } catch {
            page.complaint = "it is not known what came lately: \(error)"
        }
        return page
    }

    private func deliveries(_ outbox: Outbox, _ request: Request) throws -> DeliveriesPage {
        let query = try DeliveryQuery(
            FormFields((request.parameters["QUERY_STRING"] ?? "").utf8),
            at: context.now
        )
        let (deliveries, next) = try outbox.deliveries(
            query.filter,
            before: query.before,
            limit: query.limit,
            reach: Self.reach
        )
        return DeliveriesPage(
            context: context,
            query: query,
            receivers: (service.state.snapshot?.receivers ?? []).map(\.title),
            deliveries: deliveries,
            next: next
        )
    }

    private func act(_ page: StatusPage, _ request: Request) throws -> Reply {
        guard case .complete(let body) = request.body, body.count <= Self.longestForm else {
            return message(413, "This was not done", "The form is too large.")
        }
        let form = FormFields(body)
        let key = try PageKey(in: service.stateDirectory)
        guard request.isFromOwnPage, let token = form["token"],
            key.accepts(token, from: context.user, at: context.now)
        else {
            return message(
                403,
                "This was not done",
                "The form was not from a page of this server for you, or that page is older than half a day: go back, "
                    + "load it again, and try once more."
            )
        }
        let outbox = Outbox(existingIn: service.stateDirectory, for: .writing)
        if case .redeliver(let id) = page {
            guard try outbox.delivery(id) != nil else {
                return message(404, "No such delivery", "The log does not have it, or not any more.")
            }
            let sequence = try outbox.requestRedelivery(of: id, at: context.now)
            note("redelivery is asked for", id)
            return .seeOther(context.address(of: .redelivery(sequence: sequence)))
        }
        guard let target = form["target"].flatMap(Target.init(argument:)) else {
            return message(400, "This was not done", "The form names no target.")
        }
        // One that is done meanwhile needs neither.
        if page == .retry {
            if try outbox.retry(target, at: context.now) { note("retry is asked for", "\(target)") }
        } else if try outbox.drop(target, at: context.now) {
            note("refresh is dropped", "\(target)")
        }
        return .seeOther(context.address(of: .outbox))
    }

    /// Who did what is for the log.
    private func note(_ what: Logger.Message, _ object: String) {
        service.log.logger.notice(
            what,
            metadata: ["of": "\(object)", "user": "\(context.user.isEmpty ? "this machine" : context.user)"]
        )
    }

    private func token() throws -> String {
        try PageKey(in: service.stateDirectory).token(for: context.user, at: context.now)
    }

    private func message(_ status: Int, _ title: String, _ text: String) -> Reply {
        .page(.message(title, text, context), status: status)
    }
}
