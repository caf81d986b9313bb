"""Value lists that several fields share or that are too long for a line of a table."""

CHOICES: dict[str, str] = {
    "BATCHACTION": (
        "blend_batches|create_initial_batch|machine_unload_chamber|machine_unload_hopper|"
        "split_batch|add_container|containerize_batch|edit_batch_quantity|edit_lot_details|"
        "machine_load|machine_top_off|scrap_batch|sieve|test|relocate|edit_batch_details|"
        "dock_dose_module|undock_dose_module|defer_modular_build"
    ),
    "BATCHING": "by_size_xyz|by_size_xy|by_number_of_parts|match_previous|single|by_job",
    "BATCHRUN": "by_size_xyz|by_size_xy|by_number_of_parts|match_previous|single|by_job|by_order",
    "BUILDST": (
        "complete|failed|machine_error|new|part_exceeds_boundaries|processing|suspended|"
        "user_abort|paused|preheat|waiting_for_resolution|error|cancelled|backlogged|unknown"
    ),
    "CADFORMAT": (
        "x_t|xt|sat|step|stp|igs|iges|sldprt|ipt|prt|catpart|jt|j_t|3dm|obj|iam|dae|pdf|png|tiff|tif"
    ),
    "CAPTURE": (
        "arcam.job.log|catex.modeler.jobs|catex.modeler.status|connex.modeler.log|"
        "eos_connect.modeler.log|eos.modeler.log|eosconnet_v6_http_modeler.jobs|hp.modeler.status|"
        "slm.modeler.status|projet660.modeler.log|ultimaker.modeler.log|"
        "stratasys.connectivity.modeler.status|stratasys.connectivity.modeler.historic|"
        "carbon3D.modeler.status|formlabs.modeler.status|markforged.modeler.status|"
        "renishaw.modeler.log|renishaw.modeler.historic|photocentric.modeler.status|"
        "photocentric_jeni.modeler.status|addiguru.build.analysis|bambu.modeler.status|"
        "haas.modeler.status"
    ),
    "CONTAINERACTION": (
        "relocate_container|load_container|top_off_container|transfer_container|unload_container|"
        "scrap_container|machine_load|sieve|split_container|dock_module|undock_module|"
        "update_module_tare|reclassify"
    ),
    "DESIGNFORMAT": (
        "3dm|3dpdf|3mf|amf|asm|catpart|catproduct|dae|iam|iges|igs|ipt|jt|j_t|model|"
        "obj|pdf|png|prt|sat|skp|sldasm|sldprt|step|stp|stl|tif|tiff|x_t|xt"
    ),
    "DOCUMENTOF": (
        "bureau_branding|line_item|order|run|work_instruction_report|material|model_library|"
        "order_packing_slip|material_batch|material_batch_action|material_lot|shipment|"
        "material_test_instruction_report|jeni_cluster|tooling_type|tooling_stock"
    ),
    "FEATURE": (
        "ip-sensitivity|no_model_upload|order-customer-po|order-quote-number|"
        "order-sales-representative|order-order-owner|order-documents|eos-order-fields|"
        "fastradius-order-fields|henkel-order-fields|voestalpine-order-fields|"
        "sintavia-order-fields|design-cost|netfabb|traveler|quoting|order-business-segment|"
        "order-order-type|service-providers|self-registration-allowed|"
        "manufacturing-execution-system|machine-analytics|external_production_estimate|"
        "recalculation_trigger|qr-prints-traveler|order-quote|user-can-update-estimates|"
        "model-unit-default-mm|specimen-library|model-library|auto-schedule-runs|use_100_infill|"
        "autorun|autologout|external-material-db|restricted-user-upload-from-model-library-only|"
        "merck-order-fields|line-item-extended-details|boeing-order-fields|"
        "3M-main-bureau-order-fields|3M-aqua-order-fields|order-packing-slip|"
        "oerlikon-order-fields|line-item-work-step-quote-details|"
        "order-quote-available-for-restricted|material-management|priority|user-run-time-tracking|"
        "run-time-tracking|service-provider-at-steps|gkn-powderbed-order-fields|order-location|"
        "prep-workflow|order-due-date|ricoh-reason-code|hawking-deployment|"
        "beehive3d-order-fields|native-cad-to-stl-conversion|anatomical-model|"
        "group-qualifications|shipment-for-order|shipment-packing-slip|integration-zverse|"
        "general-mfg-language|xerox-3dp-production-order-fields|authentise-pdm|nebumind|"
        "mesh-healing|3dpc-order-fields|stanley-x-deployment|threads-integration|rules-engine|"
        "certified-builds|build-file-library|work-schedule|workstep-estimate|material-test-panel|"
        "wip-matrix|digital-design-warehouse|pack3d-premium|additive-workflow|powder-workflow|"
        "carpenter-powder|msnav-importer|roboze-ddw|amazon-order-fields|sensors|payment-system|"
        "jeni-cluster|slicing|export-control-by-piece|itar-control-by-piece|press-to-print|"
        "experiment-alpha|experiment-beta|experiment-gamma|eaton-order-fields|"
        "trimech-order-fields|enforce-use-of-containers|integration-castor|integration-stripe|"
        "the-poc-uk-order-fields|secure-file-checkout|restricted-user-order-documents|"
        "roboze-gigafactory-bureau-order-fields|integration-basic-model-conversion|tooling-stock|"
        "vendor-service-provider|threads-comments-in-flows|design-conversion-by-expert|addiguru|"
        "external-build-id|autodesk-fusion|zip-files-accepted-docs|ge-aerospace-customizations|"
        "paperless-parts|thepoc-automatic-naming|auto-document-parsing|3dspark|digifabster-quote|"
        "workstation-capacity-tracking"
    ),
    "JOBST4": "pending|processing|complete|error",
    "LINEST": (
        "new|calculating_estimates|pending|in-preparation|confirmed|printing|post-processing|"
        "shipping|error|cancelled|complete"
    ),
    "MATTYPE": "support|base|consumable|raw_material",
    "MODST": ("not_connected|error|idle|offline|printing|maintenance|print_finished|ready_to_print|unknown"),
    "NOTICE": (
        "customer.support_request|nautilus.bureau_bid_declined_email|"
        "nautilus.bureau_bid_updated_email|nautilus.bureau_inactivate_process_provider|"
        "nautilus.castor_estimate_done|nautilus.conversion_expert|nautilus.model_upload_failed|"
        "nautilus.order_complete|nautilus.order_created|nautilus.order_line_items_confirmed|"
        "nautilus.order_owner|nautilus.order_scheduled|nautilus.order_shipped|"
        "nautilus.order_start_printing|nautilus.order_summary|"
        "nautilus.order_summary_ephemeral_user|nautilus.order_update|nautilus.print_error|"
        "nautilus.process_provider_activated|nautilus.process_provider_declined|"
        "nautilus.process_provider_invited|nautilus.service_provider_assignment_email|"
        "nautilus.service_provider_canceled_email|nautilus.service_provider_confirmation_email|"
        "nautilus.service_provider_inactivate_process_provider|"
        "nautilus.service_provider_order_request_email|nautilus.service_provider_registration|"
        "nautilus.service_provider_update_email|nautilus.stock_available_below_min_quantity|"
        "nautilus.user_mentioned_in_comment|nautilus.work_instruction_piece_owner|"
        "users.blocked_for_login|users.guest_registered|users.password_reset|users.welcome_mailer|"
        "vision.alert"
    ),
    "ORDERST": (
        "calculating_estimates|cancelled|confirmed|complete|error|new|pending|in-preparation|"
        "processing|post-processing|printing|shipping|cloning"
    ),
    "PIECEST": (
        "new|confirmed|queued-for-printing|printing|queued-for-post-processing|post-processing|"
        "queued-for-shipping|shipping|complete|incomplete|cancelled|error"
    ),
    "PLANNING": "Pending|In Progress|Complete",
    "PROC": (
        "Binder Jet|NA|SLA|SLS|FDM|Polyjet|Polyjet Anatomy|EBM|MJF|DLP|CLIP|DMLS|SDL|"
        "SLM_DMLS|LCD SLA|CNC|Press brake|Laser cutting|Waterjet"
    ),
    "QUOTEPROC": "FDM|SLA|DLP|EBM|SDL|Binder Jet",
    "REPORTTYPE": (
        "checkbox|document|picture|no entry|number|range|text|single-selection-dropdown|output-at-location"
    ),
    "RUNST": ("calculating|calculated|queued|queued-work-ready|in-progress|paused|error|complete|cancelled"),
    "UNITS": "cm3|mm3|inch3|ml|l|gram|kg|lb|each|meter|feet|meter2|feet2",
    "USE": "product|specimen|waste|tooling",
}
